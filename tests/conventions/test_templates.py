"""Does every template work under the strict Content-Security-Policy, and escape what people wrote?"""

import re

import pytest

from tests.conventions.tree import Source, nothing, sources

FAULTS = {
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "an inline style sheet": re.compile(r"<style(?![^>]*\snonce=)[^>]*>", re.IGNORECASE),
    "an inline style": re.compile(r"\sstyle\s*=\s*[\"']", re.IGNORECASE),
    "an inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "an htmx handler, which needs eval": re.compile(r"\shx-(on|vals=[\"']js:|vars)", re.IGNORECASE),
    "a script's address": re.compile(r"javascript:", re.IGNORECASE),
    "a file from elsewhere": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "a form that writes without a token": re.compile(
        r"<form(?=[^>]*method=[\"']?post)(?:(?!</form>)(?!csrf_token).)*</form>", re.IGNORECASE | re.DOTALL
    ),
}


INCLUDE = re.compile(r"\{% include \"(?P<name>[^\"]+)\"")


def violations(source: Source, carriers: frozenset[str] = frozenset()) -> list[str]:
    """List what the browser would refuse, or what would let somebody's text act on a page.

    `carriers` names the parts that bring the token into the forms that include them.
    """
    found = []
    text = INCLUDE.sub(lambda part: "csrf_token" if part["name"] in carriers else part.group(), source.text)
    for name, pattern in FAULTS.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{source.path}:{line}: {name}: {match.group(0).strip()[:60]}")
    return found


def test_templates_work_under_the_policy() -> None:
    templates = sources("src/**/*.html")
    carriers = frozenset(
        source.path.partition("/templates/")[2] for source in templates if "{% csrf_token %}" in source.text
    )
    nothing(line for source in templates for line in violations(source, carriers))


@pytest.mark.parametrize(
    "fault",
    [
        "<script>alert(1)</script>",
        '<p style="color: red">',
        "<style>p { color: red }</style>",
        '<button onclick="go()">',
        '<button hx-on:click="go()">',
        '<a href="javascript:go()">',
        '<script src="https://cdn.example/x.js"></script>',
        "{{ note|safe }}",
        "{% autoescape off %}",
        '<form method="post"><input name="note"></form>',
    ],
)
def test_a_planted_fault_is_caught(fault: str) -> None:
    assert violations(Source("src/hongyan/web/templates/console/desk/desk.html", fault))


def test_a_sound_template_is_left_alone() -> None:
    sound = """<script src="{% static 'vendor/htmx.min.js' %}" defer></script>
    <script type="application/json" id="rows">{}</script>
    <form method="post">{% csrf_token %}<button>x</button></form><form method="get"></form>
    <p class="late" data-on="desk">{{ note }}</p>"""
    assert not violations(Source("src/hongyan/web/templates/console/desk/desk.html", sound))
    part = Source(
        "src/hongyan/web/templates/x.html", '<form method="post">{% include "parts/token.html" %}</form>'
    )
    assert violations(part)
    assert not violations(part, frozenset({"parts/token.html"}))
