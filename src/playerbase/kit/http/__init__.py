"""HTTP for every module: routes are functions; who may call, how often and with what input stand here once."""

from playerbase.kit.http import csrf
from playerbase.kit.http.caller import (
    ANYONE,
    PLAYER,
    Borrowed,
    Caller,
    NotAllowed,
    NotInTheirName,
    NotSignedIn,
    Policy,
    server,
    staff,
)
from playerbase.kit.http.cursor import BadCursor, Cursors
from playerbase.kit.http.gateway import Gateway
from playerbase.kit.http.message import Answer, Request, redirect, send_out
from playerbase.kit.http.moments import in_milliseconds
from playerbase.kit.http.openapi import document
from playerbase.kit.http.pages import (
    Asset,
    Happening,
    Line,
    Need,
    Page,
    Panel,
    Part,
    Place,
    Rendering,
    Tile,
    holdings,
    names,
)
from playerbase.kit.http.pictures import allow_pictures, allow_uploads
from playerbase.kit.http.problems import codes, problem
from playerbase.kit.http.route import Pairs, Route, Site, delete, get, post, put, routes_in
from playerbase.kit.http.settings import Setting, SettingGroup, SettingInvalid, settings_of, with_setting, worded
from playerbase.kit.http.shapes import Listing, Text

__all__ = [
    "ANYONE",
    "PLAYER",
    "Answer",
    "Asset",
    "BadCursor",
    "Borrowed",
    "Caller",
    "Cursors",
    "Gateway",
    "Happening",
    "Line",
    "Listing",
    "Need",
    "NotAllowed",
    "NotInTheirName",
    "NotSignedIn",
    "Page",
    "Pairs",
    "Panel",
    "Part",
    "Place",
    "Policy",
    "Rendering",
    "Request",
    "Route",
    "Setting",
    "SettingGroup",
    "SettingInvalid",
    "Site",
    "Text",
    "Tile",
    "allow_pictures",
    "allow_uploads",
    "codes",
    "csrf",
    "delete",
    "document",
    "get",
    "holdings",
    "in_milliseconds",
    "names",
    "post",
    "problem",
    "put",
    "redirect",
    "routes_in",
    "send_out",
    "server",
    "settings_of",
    "staff",
    "with_setting",
    "worded",
]
