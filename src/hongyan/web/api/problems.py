"""How does the API say that something was not done: one sentence, one code, one form (RFC 9457)?"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from hongyan.journeys.refusals import Refused
from hongyan.vault.redaction import personal_number

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:hongyan:problem:"

SENTENCES = {
    "malformed": "请求内容不是有效的 JSON（UTF-8 编码）。请检查格式后重新发送。",
    "key_missing": "缺少 Idempotency-Key。每办一件事请带一个新编号；网络中断时用同一编号重发，不会重复办理。",
    "key_malformed": "Idempotency-Key 须为 1 至 200 个英文字母、数字或符号，不含空格。",
    "token_missing": "没有带访问令牌。请在 Authorization 里写 Bearer 和令牌，令牌由系统管理员签发。",
    "token_unknown": "访问令牌不正确。请核对是否完整，或请系统管理员重新签发。",
    "token_expired": "访问令牌已过期。请联系系统管理员签发新的令牌。",
    "token_revoked": "访问令牌已停用。请联系系统管理员签发新的令牌。",
    "no_seat": "您的账号目前没有可以查看或办理的职务。请联系上级组织核对任职。",
    "not_found": "没有找到这条记录，或不在您可以查看的范围。请核对编号。",
    "no_such_address": "没有这个接口地址。可用的地址见 /api/v1/openapi.json。",
    "method_not_allowed": "这个地址不支持这种请求方式。可用的方式见响应头 Allow 和 /api/v1/openapi.json。",
    "length_required": "请求须带 Content-Length，不能分块发送。",
    "too_large": "请求内容超过 64 KB，没有受理。请减少内容后重新发送。",
    "media_type": "请用 Content-Type: application/json 发送。",
    "invalid": "有几项内容需要改正，请看 errors 里每一项的说明，改好后重新发送。",
    "place_undecided": "还不能确定到了哪里，请按 question 再问一次本人。",
    "place_unconfirmed": "请与本人核对地点；核对无误后，把 candidates 里的 place 原样发回。",
    "position_consent": (
        "使用位置要先征得本人同意：说明位置怎样使用，本人同意后带上 position_consent: true 重发；"
        "不同意的，改填 address 或 code，办理完全一样。"
    ),
    "position_refused": (
        "本人已撤回使用位置的同意，没有读取这个位置。请改填 address 或 code，办理完全一样；"
        "本人可以在“我的信息”里重新同意。"
    ),
    "forbidden": "这项操作不允许。请核对账号和办理的内容。",
    "refused": "这次请求没有受理。请核对地址和内容。",
    "failed": "系统暂时出了问题。请稍后用同一个 Idempotency-Key 重发，不会重复办理。",
}
BY_STATUS = {
    400: "malformed",
    401: "token_missing",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    411: "length_required",
    413: "too_large",
    415: "media_type",
    422: "invalid",
}
# What pydantic found, said to the person who reads the log of the other system.
FIELD_SENTENCES = {
    "missing": "必须填写",
    "extra_forbidden": "没有这一项，请去掉",
    "string_type": "应为文字",
    "string_too_short": "至少{min_length}个字",
    "string_too_long": "最多{max_length}个字",
    "string_unicode": "含有不能识别的字符",
    "string_pattern_mismatch": "格式不对，或含有换行等控制字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "超出范围",
    "float_type": "应为数字",
    "finite_number": "应为数字",
    "bool_type": "应为 true 或 false",
    "enum": "只能是：{expected}",
    "literal_error": "只能是：{expected}",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
    "model_type": "应为对象（{{…}}）",
    "model_attributes_type": "应为对象（{{…}}）",
}
_LONGEST_NAME = 40


class Problem(Exception):
    """Ends a request with a problem; `members` are further members of its JSON."""

    def __init__(self, status: int, code: str, title: str = "", **members: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.members = status, code, members
        self.title = title or SENTENCES[code]


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Write a problem as application/problem+json."""
    content = {
        "type": TYPE + problem.code,
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "instance": request.path,
        **problem.members,
    }
    text = json.dumps(content, ensure_ascii=False)
    response = HttpResponse(text, status=problem.status, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    if problem.status == HTTPStatus.UNAUTHORIZED:
        error = "" if problem.code == "token_missing" else ', error="invalid_token"'
        response.headers["WWW-Authenticate"] = f'Bearer realm="hongyan"{error}'
    return response


def of_refusal(refused: Refused) -> Problem:
    """Turn an action's refusal into a problem: the same sentence, the same code."""
    return Problem(HTTPStatus.CONFLICT, str(refused.refusal.why), refused.refusal.sentence)


def of_status(status: int) -> Problem:
    """Make a problem for an answer that the framework gave by itself."""
    fallback = "failed" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused"
    return Problem(status, BY_STATUS.get(status, fallback))


def of_errors(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """Say of every field what is wrong with it; what was sent is never repeated."""
    fields = [_field(error) for error in errors]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", errors=fields)


def wrong_field(name: str, sentence: str) -> Problem:
    """Make the problem of one field that only the database could judge."""
    return of_errors([{"loc": ("body", "body", name), "type": "unknown", "msg": sentence}])


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    pattern = FIELD_SENTENCES.get(error["type"])
    sentence = pattern.format(**error.get("ctx", {})) if pattern else str(error["msg"])
    # Where the value came from, and the parameter that holds the body, are our names and not the caller's.
    path = [_printable(part) for part in error["loc"][1:]]
    path = path[1:] if path[:1] == ["body"] else path
    return {"field": ".".join(path), "code": str(error["type"]), "message": sentence}


def _printable(part: object) -> str:
    """Print a field's name; one that was made up may hold anything, also what must not be repeated."""
    name = str(part)
    strange = len(name) > _LONGEST_NAME or not name.isprintable() or personal_number(name)
    return "?" if strange else name
