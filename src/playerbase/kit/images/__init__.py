"""Images of strangers, made harmless: decoded apart from everything else, and written anew from their pixels."""

from playerbase.kit.images.studio import REASONS, Limits, Size, Studio, Unfit, Variant

__all__ = ["REASONS", "Limits", "Size", "Studio", "Unfit", "Variant"]
