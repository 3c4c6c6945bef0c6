"""The messages of the link: JSON-RPC 2.0 as in https://www.jsonrpc.org/specification.

Cancellation and progress are notifications named as in the Language Server Protocol:
``$/cancelRequest`` ``{"id"}`` and ``$/progress`` ``{"token", "value"}``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ...strict_json import decode, encode_line
from ..errors import SceneSearchError
from ..failures import typed_error

#: A longer line is refused rather than read into memory. A region's WKT stays far below.
MAX_LINE_BYTES = 64 * 1024 * 1024

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

#: What to do about a message that is none: the plugin sends no such.
_OTHER_VERSION = "The engine may be of another version than the plugin: set it up again."

CANCEL_METHOD = "$/cancelRequest"
PROGRESS_METHOD = "$/progress"

RequestId = str | int | float


class InvalidParamsError(SceneSearchError):
    """A parameter is missing, unknown, or of the wrong type; the message names it."""

    code = INVALID_PARAMS


class InvalidMessageError(Exception):
    """A line is no JSON-RPC request.

    Args:
        code: ``PARSE_ERROR`` or ``INVALID_REQUEST``.
        message: what is wrong with the line.
        request_id: the id to answer with, or None where the line gave none.
    """

    def __init__(self, code: int, message: str, request_id: RequestId | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Request:
    """A request, or a notification where ``id`` is None."""

    id: RequestId | None
    method: str
    params: dict[str, Any]


def parse_request(line: bytes) -> Request:
    """Parse one line.

    Raises:
        InvalidMessageError: if the line is no JSON or no request.
        InvalidParamsError: if the parameters are given by position.
    """
    try:
        message = decode(line)
    except ValueError as error:
        raise InvalidMessageError(PARSE_ERROR, f"Not a line of JSON in UTF-8: {error}") from None
    if not isinstance(message, dict):
        raise InvalidMessageError(INVALID_REQUEST, "A request is one JSON object a line")
    request_id = message.get("id")
    if not _is_id(request_id):
        raise InvalidMessageError(INVALID_REQUEST, "The id of a request is a string or a number")
    if message.get("jsonrpc") != "2.0":
        raise InvalidMessageError(INVALID_REQUEST, 'A request has "jsonrpc": "2.0"', request_id)
    method = message.get("method")
    if not isinstance(method, str):
        raise InvalidMessageError(INVALID_REQUEST, "A request names its method", request_id)
    params = message.get("params", {})
    if not isinstance(params, dict):
        raise InvalidMessageError(
            INVALID_PARAMS, "The parameters of a request are an object, by name", request_id
        )
    return Request(request_id, method, params)


def _is_id(value: Any) -> bool:
    """Whether an id can be sent back: 1e999 is read as infinity, which JSON cannot write."""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


def result_message(request_id: RequestId, result: Any) -> dict[str, Any]:
    """Return the answer to a request that succeeded."""
    return {"jsonrpc": "2.0", "id": request_id, "result": result}


def progress_message(request_id: RequestId, value: dict[str, Any]) -> dict[str, Any]:
    """Return the notification of a request's progress."""
    return {
        "jsonrpc": "2.0",
        "method": PROGRESS_METHOD,
        "params": {"token": request_id, "value": value},
    }


def error_message(
    request_id: RequestId | None,
    code: int,
    message: str,
    *,
    error_type: str,
    hint: str = "",
    details: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the answer to a request that failed; ``data`` is what the user's side shows."""
    data = {"type": error_type, "hint": hint, "details": details or {}}
    error = {"code": code, "message": message, "data": data}
    return {"jsonrpc": "2.0", "id": request_id, "error": error}


def failure_message(request_id: RequestId | None, error: BaseException) -> dict[str, Any]:
    """Return the answer for an exception: a typed error as it is, any other as a defect."""
    if isinstance(error, InvalidMessageError):
        return error_message(
            error.request_id, error.code, error.message, error_type="RpcError", hint=_OTHER_VERSION
        )
    typed = typed_error(error)
    if typed is not None:
        return error_message(
            request_id,
            typed.code,
            typed.message,
            error_type=type(typed).__name__,
            hint=typed.hint,
            details=dict(typed.details),
        )
    return error_message(
        request_id,
        INTERNAL_ERROR,
        f"The engine failed: {type(error).__name__}: {error}",
        error_type=type(error).__name__,
        hint="This is a defect. Report it with the log and the output of scene-search doctor.",
    )


def encode(message: dict[str, Any]) -> bytes:
    """Return an answer or notification as one line.

    One that is no JSON after all is a defect, and told in the answer's place: whoever asked
    waits for one, and nothing that is sent may end the thread that sends it.
    """
    try:
        return encode_line(message)
    except (TypeError, ValueError) as error:
        if "error" in message:  # its words matter more than its facts
            data = {**message["error"]["data"], "details": {"no JSON": str(error)}}
            return encode_line({**message, "error": {**message["error"], "data": data}})
        return encode_line(failure_message(message.get("id"), error))
