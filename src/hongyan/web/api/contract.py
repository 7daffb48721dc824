"""How does the API read and write: strict JSON in, readable JSON out, problems described in the OpenAPI?"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn, cast

from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder

from hongyan.journeys.refusals import Refused
from hongyan.web.api.bearer import Bearer
from hongyan.web.api.problems import MEDIA_TYPE, Problem, of_errors, of_refusal, of_status, problem_response

_PROBLEM_SCHEMA = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "One sentence in Chinese that says what to do next."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Why: stable, for programs."},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
        "question": {"type": "string", "description": "What to ask the member about his place."},
        "candidates": {"type": "array", "items": {"$ref": "#/components/schemas/Candidate"}},
    },
}
_OF_ALL = ("401", "403", "405", "422")
_OF_CHANGES = ("400", "404", "409", "413", "415")


class ReadableJson(BaseRenderer):
    """Writes Chinese as Chinese."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        """Write an answer."""
        return json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: which of the two was meant?"""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


class StrictJson(Parser):
    """Reads UTF-8 JSON as the standard has it: no NaN, no name twice, no half characters."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Read the body, or raise ValueError; another type than JSON is not even looked at."""
        if (request.content_type or "").lower() != "application/json":
            raise of_status(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        text = request.body.decode("utf-8")
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        if "\\u" in text:
            # An escaped half of a surrogate pair is text that no database and no answer can hold.
            json.dumps(content, ensure_ascii=False).encode()
        return content


class Api(NinjaAPI):
    """The API with its problems in the description."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """Describe every operation with the problems it may answer with."""
        schema = super().get_openapi_schema(**where)
        schema["components"]["schemas"]["Problem"] = _PROBLEM_SCHEMA
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                codes = _OF_ALL + (_OF_CHANGES if method == "post" else ("404",))
                for code in codes:
                    described = {"description": HTTPStatus(int(code)).phrase, "content": content}
                    operation["responses"].setdefault(int(code), described)
        return schema


# What ends a request, and the problem it is; the types are the library's, hence Any.
_PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: cast(Problem, problem),
    Refused: of_refusal,
    ValidationError: lambda error: of_errors(error.errors),
    AuthenticationError: lambda error: of_status(HTTPStatus.UNAUTHORIZED),
    # The library wraps whatever stops the reading of a body.
    HttpError: lambda error: (
        error.__cause__ if isinstance(error.__cause__, Problem) else of_status(error.status_code)
    ),
    UnreadablePostError: lambda error: of_status(HTTPStatus.BAD_REQUEST),
    Http404: lambda error: of_status(HTTPStatus.NOT_FOUND),
}


def _said(to_problem: Callable[[Any], Problem]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: problem_response(request, to_problem(error))


def _failed(request: HttpRequest, error: Any) -> HttpResponse:
    """Let the framework log what nobody foresaw; the envelope turns its page into a problem."""
    raise error


def make_api() -> Api:
    """Make the API without its operations."""
    api = Api(
        title="鸿雁 Hongyan",
        version="1",
        description="Mark, check in, dispatch and accept mobile Party members. Sentences are in Chinese.",
        docs_url=None,
        urls_namespace="api",
        auth=Bearer(),
        parser=StrictJson(),
        renderer=ReadableJson(),
    )

    for kind, to_problem in _PROBLEMS.items():
        api.add_exception_handler(kind, _said(to_problem))
    api.add_exception_handler(Exception, _failed)
    return api
