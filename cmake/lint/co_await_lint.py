"""Finds the statements that g++ 12 compiles wrongly: python3 co_await_lint.py [FOLDER]. See CONTRIBUTING, "g++ 12 and co_await".

In a statement with co_await, it copies a capturing lambda that is made in place, and a temporary aggregate, bitwise and
destroys both copies. This script knows the forms by their text alone:

    co_await f([p] { … });        a lambda with captures, made in the statement
    co_await f(Type{a, b});       a temporary made by a braced list
    co_await f({a, b});           the same without a name

Exit status: 0 = nothing found, 1 = findings, printed as FILE:LINE: text. Without FOLDER it tests itself.
"""

import pathlib
import re
import sys
import unittest

SUFFIXES = {".cpp", ".hpp"}
SKIPPED = {"build", ".git"}

LITERALS = re.compile(
    r"""//[^\n]*|/\*.*?\*/                              # comments
      | R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"    # raw strings
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'            # not the digit separator of 1'000
    """,
    re.VERBOSE | re.DOTALL,
)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
WORD_BEFORE = re.compile(r"([A-Za-z_]\w*)\s*$")
LAMBDA_TAIL = re.compile(r"\s*(?:<[^<>]*>\s*)?(?:\(|\{|mutable\b|->|noexcept\b)")
# Types without a destructor that do anything, however they are made.
HARMLESS = {"seconds", "milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "monostate", "TimeLimit"}
KEYWORDS_BEFORE_BLOCK = {"else", "do", "try", "const", "override", "final", "noexcept", "mutable"}


def blanked(text):
    """The same text, of the same lines, without comments, literals and directives."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    def shorten(match):
        literal = match.group(0)
        if literal.startswith("/"):
            return blank(match)
        return '"' + re.sub(r"[^\n]", " ", literal[1:-1]) + '"'

    return PREPROCESSOR.sub(blank, LITERALS.sub(shorten, text))


class Scanner:
    """Splits a text into statements. A body of a lambda holds statements of its own."""

    def __init__(self, text):
        self.text = blanked(text)
        self.findings = []  # (line, what)

    def run(self):
        position = 0
        while position < len(self.text):
            position = self.statement(position) + 1
        return self.findings

    def statement(self, position):
        """Reads one statement or the head of a block; returns where its last character stands."""
        suspects, awaits, depth = [], False, 0
        start = position
        while position < len(self.text):
            char = self.text[position]
            if self.text.startswith("co_await", position) and not self.is_word_at(position - 1):
                awaits = True
                position += len("co_await")
                continue
            if char in "([":
                if char == "[" and self.begins_lambda(position, start):
                    position = self.closing(position) + 1
                    captures = self.text[self.opening_of(position - 1) + 1 : position - 1].strip()
                    if captures:
                        suspects.append((position, "a capturing lambda made in the statement"))
                    position = self.skip_to_body(position)
                    if position < len(self.text) and self.text[position] == "{":
                        position = self.block(position)
                    position += 1
                    continue
                depth += 1
            elif char in ")]":
                depth -= 1
            elif char == ";" and depth <= 0:
                break
            elif char == "}":
                break
            elif char == "{":
                kind = self.brace(position, depth)
                if kind is None:
                    break
                if kind:
                    suspects.append((position, kind))
                position, inner = self.braced(position, suspects)
                awaits = awaits or inner
                continue
            position += 1
        if awaits:
            for where, what in suspects:
                self.findings.append((self.text.count("\n", 0, where) + 1, what))
        return position

    def braced(self, position, suspects):
        """Reads a braced list; returns what follows its end, and whether it awaits."""
        end = self.closing(position)
        inside = self.text[position:end]
        awaits = re.search(r"\bco_await\b", inside) is not None
        for match in re.finditer(r"\[", inside):
            at = position + match.start()
            if self.begins_lambda(at, position) and self.text[at + 1 : self.closing(at)].strip():
                suspects.append((at, "a capturing lambda made in the statement"))
        return end + 1, awaits

    def block(self, position):
        """Reads the statements of a body that begins here; returns where it ends."""
        end = self.closing(position)
        inner = Scanner.__new__(Scanner)
        inner.text, inner.findings = self.text[:end], self.findings
        at = position + 1
        while at < end:
            at = inner.statement(at) + 1
        return end

    def brace(self, position, depth):
        """None: the brace begins a block. A text: a temporary. Empty: a harmless list."""
        before = self.text[:position].rstrip()
        last = before[-1:] if before else ""
        word = WORD_BEFORE.search(before)
        is_empty = self.text[position + 1 : self.closing(position)].strip() == ""
        if depth <= 0:
            if last in ");{}>" or not last or (word and word.group(1) in KEYWORDS_BEFORE_BLOCK):
                return None if last != ">" else ""
            if last == "=" or last == ",":
                return ""
            if word:
                # `struct X {` and `namespace n {` begin blocks; `Type name{…};` initialises a variable.
                return None if self.closing_is_block(position) else ""
            return None
        if is_empty:
            return ""
        if word and word.group(1) in HARMLESS:
            return ""
        return "a temporary made by a braced list"

    def closing_is_block(self, position):
        return re.match(r"\s*[;,)]", self.text[self.closing(position) + 1 :]) is None or ";" in self.text[
            position : self.closing(position)
        ]

    def is_word_at(self, position):
        return position >= 0 and (self.text[position].isalnum() or self.text[position] == "_")

    def begins_lambda(self, position, start):
        before = self.text[start:position].rstrip()
        if before and (before[-1].isalnum() or before[-1] in "_)]"):
            if not re.search(r"\b(?:return|co_return|co_await|co_yield)$", before):
                return False
        if self.text.startswith("[[", position) or before.endswith("["):
            return False
        return LAMBDA_TAIL.match(self.text, self.closing(position) + 1) is not None

    def skip_to_body(self, position):
        """From the end of a capture list to the brace of the body."""
        while position < len(self.text) and self.text[position] not in "{;":
            position = self.closing(position) + 1 if self.text[position] == "(" else position + 1
        return position

    PAIRS = {"(": ")", "[": "]", "{": "}"}

    def closing(self, position):
        stack = []
        for at in range(position, len(self.text)):
            char = self.text[at]
            if char in self.PAIRS:
                stack.append(self.PAIRS[char])
            elif stack and char == stack[-1]:
                stack.pop()
                if not stack:
                    return at
        return len(self.text) - 1

    def opening_of(self, position):
        depth = 0
        for at in range(position, -1, -1):
            if self.text[at] == "]":
                depth += 1
            elif self.text[at] == "[":
                depth -= 1
                if depth == 0:
                    return at
        return 0


def check(text):
    return Scanner(text).run() if "co_await" in text else []


def sources(folder):
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and not SKIPPED & set(path.relative_to(folder).parts):
            yield path


def main(folder):
    found = 0
    for path in sources(folder):
        for line, what in check(path.read_text(encoding="utf-8")):
            print(f"{path}:{line}: {what}, in a statement with co_await: name it on a line above")
            found += 1
    return 1 if found else 0


BAD = [
    "co_await f([p] { use(p); });",
    "co_await f([=]() -> asio::awaitable<void> { co_return; });",
    "co_await f([this, p = std::move(q)]() mutable { use(p); });",
    "auto const x = co_await asio::co_spawn(ex, [s]() -> asio::awaitable<int> { co_return 1; }, asio::use_awaitable);",
    "co_await asio::async_initiate<Token, void()>([p](auto handler) { p->add(std::move(handler)); }, token);",
    "if (co_await f([&] { return 1; })) g();",
    "return g([a] { return a; }, co_await f());",
    "co_await send(Request{.target = path});",
    "co_await send({path, other});",
    "auto const done = co_await apply(parse(Limits{1, 2}));",
    "void f() { g(); co_await h(Type{a}); }",
    "auto const f = [x]() -> asio::awaitable<void> { co_await g(Type{x}); };",
    "co_await f(\n    a,\n    [p] { use(p); });",
]
GOOD = [
    "auto const work = [p] { use(p); }; co_await f(work);",
    "co_await f([] { return 1; });",
    "f([p]() -> asio::awaitable<void> { co_await g(p); });",
    "auto const work = [p]() -> asio::awaitable<void> { co_await g(p); };",
    "Request const request{.target = path}; co_await send(request);",
    "co_await f(Type(a, b));",
    "co_await f(values[i], text[0]);",
    "co_await f(Type{});",
    "co_await pause(std::chrono::milliseconds{5});",
    "auto const [ec, n] = co_await socket.read(buffer);",
    "if (co_await f()) { g(Type{a}); }",
    "while (!done) co_await event.wait(); h([x] { use(x); });",
    "// co_await f([p] { use(p); });\n/* co_await send({a, b}); */",
    'f("co_await g([p] { });"); co_await h("{a, b}");',
    "struct Row { int a; asio::awaitable<void> run() { co_await f(); } };",
    "co_return co_await f(std::move(x));",
    "auto const rows = {Row{1}, Row{2}}; co_await f(rows);",
    "std::array<int, 2> const both{a, b}; co_await f(both);",
    "[[maybe_unused]] auto x = co_await f();",
    "switch (k) { case A: co_await f(); break; case B: g(Type{a}); break; }",
    "int const n = 1'000'000; co_await f('{', '[');",
]


class Rows(unittest.TestCase):
    def test_finds_each_bad_form(self):
        for text in BAD:
            with self.subTest(text):
                self.assertTrue(check(text))

    def test_passes_each_good_form(self):
        for text in GOOD:
            with self.subTest(text):
                self.assertEqual(check(text), [])

    def test_names_the_line(self):
        self.assertEqual([line for line, _ in check("f();\n\nco_await g([p] { });\n")], [3])


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])) if len(sys.argv) > 1 else unittest.main())
