"""Reads the recipes of doc/recipes.md, and writes the tables of verdicts into it."""

import re
import shlex
from dataclasses import dataclass, field

NAME = re.compile(r"### (.+)")


@dataclass
class Recipe:
    """A heading of the third level with a block `recipe`: the program with its arguments, and for pathod how it is asked."""

    name: str
    line: int
    command: list
    request: list = field(default_factory=lambda: ["curl", "http://localhost:9999/x"])
    content: str = "hello world"
    is_http2: bool = False

    @property
    def program(self):
        return self.command[0]

    @property
    def anchor(self):
        return re.sub(r"[^a-z0-9 _-]", "", self.name.lower()).replace(" ", "-")

    @property
    def urls(self):
        return [word for word in self.request if "://" in word]


class Page:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.recipes = list(recipes_of(self.text))

    def table(self, kind):
        """The verdicts of the page: {name of the recipe: {program: verdict}}."""
        rows = [cells(line) for line in self.part(kind).splitlines() if line.startswith("|")]
        names = rows[0][1:] if rows else []
        return {link_text(row[0]): dict(zip(names, row[1:])) for row in rows[2:]}

    def versions(self, kind):
        found = re.search(r"^Programs: (.*)\.$", self.part(kind), re.MULTILINE)
        return dict(version.split(" ", 1) for version in found[1].split(", "))

    def part(self, kind):
        found = re.search(rf"<!-- {kind} -->\n(.*?)<!-- end -->", self.text, re.DOTALL)
        if not found:
            raise ValueError(f"{self.path} has no place for the table of {kind}: <!-- {kind} --> … <!-- end -->")
        return found[1]

    def write(self, kind, names, verdicts, versions):
        """Replaces a table. `verdicts` is {name: {program: verdict}}."""
        lines = [f"Programs: {', '.join(f'{name} {versions[name]}' for name in names)}.", "", f"| fault | {' | '.join(names)} |",
                 "|---" * (len(names) + 1) + "|"]
        lines += [f"| [{recipe.name}](#{recipe.anchor}) | {' | '.join(verdicts[recipe.name][name] for name in names)} |"
                  for recipe in self.recipes if recipe.name in verdicts]
        self.text = self.text.replace(self.part(kind), "\n".join(lines) + "\n")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(self.text)


def cells(row):
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def link_text(cell):
    return re.fullmatch(r"\[(.+)\]\(#.*\)", cell)[1]


def recipes_of(text):
    name = ""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if found := NAME.fullmatch(line):
            name = found[1]
        elif line.startswith("```recipe"):
            block = lines[number + 1:lines.index("```", number + 1)]
            yield recipe_of(name, number + 1, shlex.split(line)[1:], block)


def recipe_of(name, line, options, block):
    recipe = Recipe(name, line, shlex.split(block[0]))
    if len(block) > 1:
        recipe.request = shlex.split(block[1])
    for option in options:
        if option == "http2":
            recipe.is_http2 = True
        elif option.startswith("content="):
            recipe.content = option.removeprefix("content=")
        else:
            raise ValueError(f"line {line}: a block `recipe` has the options http2 and content=TEXT, not {option}")
    return recipe
