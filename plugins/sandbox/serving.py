"""The routes of the page; they exist only while the sandbox runs."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import nonebot
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from typing_extensions import override

from pinbang.lifecycle import on_serving
from pinbang.refusal import Refusal
from pinbang.settings import Settings
from pinbang.testing import Refused

from .access import HEADERS, against_caller, against_origin
from .acting import AnyDeed
from .stage import Stage

MAX_BODY_BYTES = 100_000

_PAGE = Path(__file__).parent / "page"
_STATIC = {
    "icon.svg": "image/svg+xml",
    "sandbox.css": "text/css; charset=utf-8",
    "sandbox.js": "text/javascript; charset=utf-8",
}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@on_serving
async def _serve_sandbox(settings: Settings) -> None:
    if not settings.sandbox_enabled:
        return
    stage = Stage(settings)
    app: FastAPI = nonebot.get_app()
    nonebot.get_driver().on_shutdown(stage.close)
    logging.getLogger("uvicorn.access").addFilter(_worth_logging)
    app.include_router(routes(stage))
    await stage.open()


def _worth_logging(record: logging.LogRecord) -> bool:
    """Leave out the page's polls, several a minute as long as it is open."""
    return "/sandbox/" not in record.getMessage()


class LocalRoute(APIRoute):
    """Lets in only the page of this machine, and answers refusals in words."""

    @override
    def get_route_handler(self) -> Handler:
        proceed = super().get_route_handler()

        async def handle(request: Request) -> Response:
            response = _turned_away(request) or await _answered(proceed, request)
            response.headers.update(HEADERS)
            return response

        return handle


def _turned_away(request: Request) -> Response | None:
    headers = request.headers
    client = request.client.host if request.client is not None else None
    if problem := against_caller(client, headers.get("host")):
        return _error(403, problem)
    if request.method == "POST":
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if problem := against_origin(origin, site, headers.get("host")):
            return _error(403, problem)
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return _error(411, "请求没有写明长度")
        if int(length) > MAX_BODY_BYTES:
            return _error(413, "内容太长")
    return None


async def _answered(
    proceed: Callable[[Request], Awaitable[Response]], request: Request
) -> Response:
    try:
        return await proceed(request)
    except RequestValidationError:
        return _error(422, "请求的内容不对，或者太长")
    except Refused as refused:
        return _error(409, refused.reason.value)
    except Refusal as refusal:
        return _error(409, str(refusal))


def _error(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status)


def routes(stage: Stage) -> APIRouter:
    """Build the routes of a running simulation."""
    router = APIRouter(route_class=LocalRoute, include_in_schema=False)
    files = {name: (_PAGE / name).read_bytes() for name in ("index.html", *_STATIC)}

    @router.get("/sandbox")
    async def page() -> Response:
        return Response(files["index.html"], media_type="text/html; charset=utf-8")

    @router.get("/sandbox/static/{name}")
    async def static(name: str) -> Response:
        if name not in _STATIC:
            return _error(404, "没有这个文件")
        return Response(files[name], media_type=_STATIC[name])

    @router.get("/sandbox/feed")
    async def feed(after: int = Query(0, ge=0)) -> Response:
        return JSONResponse(await stage.changes(after))

    @router.post("/sandbox/act")
    async def act(deed: AnyDeed) -> Response:
        return JSONResponse({"ok": True, **await stage.carry_out(deed)})

    return router
