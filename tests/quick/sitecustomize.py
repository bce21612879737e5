"""What a process of Playerbase does at its start when a test begins it with ``environ()``: it hashes at little cost.

Python imports a module of this name by itself when it finds one on its path.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

HASHING = "playerbase.access.actions.hashing"


class Cheaply(importlib.abc.MetaPathFinder):
    """Finds the one module as ever, and has it hash cheaply as soon as it is there: nobody else waits for an import."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del target
        spec = importlib.machinery.PathFinder.find_spec(fullname, path) if fullname == HASHING else None
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            run = loader.exec_module

            def run_cheaply(module: ModuleType) -> None:
                run(module)
                module.use_hashing(module.Hashing(cost=module.COST_LEAST, workers=2, waiting_max=200))

            loader.exec_module = run_cheaply
        return spec


sys.meta_path.insert(0, Cheaply())
