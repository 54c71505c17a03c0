#!/usr/bin/env python3
"""What a user finds in an installed tree besides programs, headers and libraries: documents, manual pages, completions,
files for pkg-config; and what the Debian package recommends.

    installed_test.py PREFIX BUILD_FOLDER COMPILER [FLAG...]

PREFIX is where `cmake --install` put the tree that was built in BUILD_FOLDER. Programs are compiled by COMPILER with these
FLAGs, as the tree itself was.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from shells import complete_in_pty

PROGRAMS = ["pathod", "pathoc", "pathop"]
HERE = Path(__file__).parent


def run(*command, **options):
    """The finished process, with its output as text. It ends within two minutes."""
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, **options)


def output(*command, **options):
    process = run(*command, **options)
    if process.returncode != 0:
        raise AssertionError(f"{command}: status {process.returncode}\n{process.stdout}{process.stderr}")
    return process.stdout


def needs(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    return unittest.skipIf(missing, "not installed: " + ", ".join(missing))


def help_of(program):
    return output(prefix / "bin" / program, "--help")


def manual(program):
    return prefix / "share/man/man1" / f"{program}.1"


class Documents(unittest.TestCase):
    folder = property(lambda self: prefix / "share/doc/pathology")

    def test_D9_include_every_page(self):
        source = HERE.parent.parent
        pages = [page.relative_to(source) for page in (source / "doc").rglob("*.md")]
        self.assertGreater(len(pages), 30)
        for page in [*pages, "README.md", "CHANGELOG.md", "LICENSE", "copyright"]:
            self.assertTrue((self.folder / page).is_file(), page)

    def test_D9_link_to_installed_files(self):
        links = 0
        for page in self.folder.rglob("*.md"):
            for target in re.findall(r"\]\(([^)#\s]+\.md)(?:#[^)\s]*)?\)", page.read_text()):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page} links to {target}")
                    links += 1
        self.assertGreater(links, 30)


class Manuals(unittest.TestCase):
    def test_D9_are_named_by_the_help(self):
        for program in PROGRAMS:
            named = re.findall(r"\bman (\w+)", help_of(program))
            self.assertEqual(named, [program])
            self.assertTrue(manual(program).is_file())
            self.assertNotIn("doc/", help_of(program))

    def test_D9_have_every_option_of_the_help(self):
        for program in PROGRAMS:
            page = manual(program).read_text().replace("\\-", "-")
            left_columns = re.findall(r"^ {2,6}(-.+?)(?:  |$)", help_of(program), re.MULTILINE)
            self.assertGreater(len(left_columns), 20)
            for column in left_columns:
                for name in re.findall(r"--?[\w-]+", column):
                    self.assertIn(f"\\fB{name}\\fR", page, program)

    def test_D9_name_documents_that_exist(self):
        for program in PROGRAMS:
            see_also = manual(program).read_text().split(".SH SEE ALSO")[1]
            folder = Path(re.search(r"^\\fI(/.*)\\fR$", see_also, re.MULTILINE)[1])
            self.assertTrue(folder.is_relative_to(prefix), folder)
            names = re.findall(r"\\fI(\w+\.md)\\fR", see_also)
            self.assertIn(f"{program}.md", names)
            self.assertIn("language.md", names)
            for name in names:
                self.assertTrue((folder / name).is_file(), name)

    def test_D9_do_not_depend_on_who_builds_them(self):
        for program in PROGRAMS:
            before_see_also = manual(program).read_text().split(".SH SEE ALSO")[0]
            self.assertNotIn(str(Path.home()) + "/", before_see_also)

    @needs("man", "lexgrog")
    def test_D9_are_read_by_man_without_warnings(self):
        for program in PROGRAMS:
            process = run("man", "--warnings", "-l", manual(program), env={**os.environ, "LC_ALL": "C", "MANWIDTH": "80"})
            self.assertEqual((process.returncode, process.stderr), (0, ""))
            self.assertIn("--version", process.stdout)
            self.assertIn(f'"{program} - ', output("lexgrog", manual(program)))

    @needs("mandoc")
    def test_D9_are_read_by_mandoc_without_warnings(self):
        for program in PROGRAMS:
            process = run("mandoc", "-Tlint", "-Wwarning", manual(program))
            self.assertEqual((process.returncode, process.stdout + process.stderr), (0, ""))


# What is typed, with a tabulator at its end, and the arguments that the program gets.
COMPLETIONS = [
    ("pathod --nocr", ["--nocraft"]),
    ("pathoc --http2-pr", ["--http2-prior-knowledge"]),
    ("pathop --no-up", ["--no-upstream-cert"]),
    ("pathod --ssl-version sec", ["--ssl-version", "secure"]),
    ("pathoc --ssl-version TLSv1_3", ["--ssl-version", "TLSv1_3"]),
    ("pathop --ssl-version-client al", ["--ssl-version-client", "all"]),
    ("pathop --mode soc", ["--mode", "socks5"]),
    ("pathop --mode rev", ["--mode", "reverse:"]),
    ("pathod --cert auth", ["--cert", "authority.pem"]),
    ("pathod --cert an", ["--cert", "an other.pem"]),
    ("pathoc -C auth", ["-C", "authority.pem"]),
    ("pathop -s auth", ["-s", "authority.pem"]),
    ("pathod --confdir=fo", ["--confdir=folder/"]),
    ("pathod -d fo", ["-d", "folder/"]),
    ("pathoc localhost auth", ["localhost", "authority.pem"]),
    ("pathod --port auth", ["--port", "auth"]),  # a number, so no file
]


class Completions(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for file in ["authority.pem", "an other.pem", "folder/inner"]:
            (self.folder / file).parent.mkdir(exist_ok=True)
            (self.folder / file).touch()

    def candidates(self, *words):
        """What bash offers for the last word."""
        script = """source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); "_$1"; printf '%s\\n' "${COMPREPLY[@]}" """
        file = prefix / "share/bash-completion/completions" / words[0]
        return output("bash", "-c", script, "bash", file, *words, cwd=self.folder).split()

    def test_D9_bash_offers_options_that_start_so(self):
        for program in PROGRAMS:
            named = set(re.findall(r"^ {2,6}(?:-\w, )?(--no[\w-]*)", help_of(program), re.MULTILINE))
            self.assertTrue(named)
            self.assertEqual(set(self.candidates(program, "--no")), named)

    def test_D9_bash_offers_every_value_of_an_enumeration(self):
        versions = ["TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3", "secure", "all"]
        self.assertEqual(self.candidates("pathod", "--ssl-version", ""), versions)
        self.assertEqual(self.candidates("pathod", "--ssl-version", "="), versions)
        self.assertEqual(self.candidates("pathop", "--flow-detail", ""), ["0", "1", "2", "3", "4"])

    def test_D9_bash_completes_a_value_behind_an_equals_sign(self):
        self.assertEqual(self.candidates("pathod", "--cert", "=", "auth"), ["authority.pem"])
        self.assertEqual(self.candidates("pathod", "--cert", "a.test", "=", "auth"), ["authority.pem"])
        self.assertEqual(self.candidates("pathod", "--cert", "=", "a.test", "=", "auth"), ["authority.pem"])

    @needs("bash")
    def test_D9_bash_completes_what_is_typed(self):
        sources = [f"source '{prefix}/share/bash-completion/completions/{program}'" for program in PROGRAMS]
        self.complete_all(["bash", "--norc", "--noprofile", "-i"], sources)

    @needs("zsh")
    def test_D9_zsh_completes_what_is_typed(self):
        functions = prefix / "share/zsh/site-functions"
        self.complete_all(["zsh", "-f", "-i"], [f"fpath=('{functions}' $fpath)", "autoload -U compinit", "compinit -u -D",
                                              "setopt no_auto_remove_slash"])

    def complete_all(self, shell, start):
        rows = complete_in_pty(shell, start, PROGRAMS, [typed for typed, _ in COMPLETIONS], self.folder)
        self.assertEqual(rows, COMPLETIONS)

    @needs("fish")
    def test_D9_fish_offers_what_fits(self):
        for typed, arguments in COMPLETIONS:
            program, *_, word = typed.split(" ")
            source = f"source '{prefix}/share/fish/vendor_completions.d/{program}.fish'; complete -C '{typed}'"
            home = {**os.environ, "HOME": str(self.folder)}
            offered = [line.split("\t")[0] for line in output("fish", "-N", "-c", source, cwd=self.folder, env=home).splitlines()]
            if arguments[-1] == word and "--port" in arguments:
                self.assertEqual(offered, [], typed)
            else:
                self.assertIn(arguments[-1], offered, typed)


@needs("pkg-config")
class PkgConfig(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        files = list(prefix.rglob("pkgconfig/pathology-*.pc"))
        self.modules = [file.stem for file in files]
        self.path = str(files[0].parent)

    def pkg_config(self, *arguments):
        environment = {**os.environ, "PKG_CONFIG_PATH": self.path}
        return output("pkg-config", "--print-errors", *arguments, env=environment).split()

    def link(self, source, *flags):
        (self.folder / "program.cpp").write_text(source)
        output(*compiler, "-std=c++20", "-O0", "-g0", "-o", "program", "program.cpp", *flags, cwd=self.folder)

    def test_D9_describes_every_library(self):
        libraries = sorted(file.stem.removeprefix("libpathology_") for file in prefix.rglob("libpathology_*.a"))
        self.assertIn("testkit", libraries)
        self.assertEqual(sorted(module.removeprefix("pathology-") for module in self.modules), libraries)

    def test_D9_names_all_that_a_library_links(self):
        fast_linker = ["-fuse-ld=lld"] if shutil.which("ld.lld") else []
        for module in self.modules:
            library = module.replace("pathology-", "-lpathology_")
            whole = ["-Wl,--whole-archive", "-L" + str(Path(self.path).parent), library, "-Wl,--no-whole-archive"]
            with self.subTest(module):
                self.link("int main() {}", *fast_linker, *whole, *self.pkg_config("--static", "--libs", module))

    def test_D9_compiles_a_test_program(self):
        # By the linker that the compiler uses by itself: that of GNU looks for symbols in the order of the libraries.
        flags = self.pkg_config("--cflags", "--libs", "--static", "pathology-testkit", "gmock_main")
        self.link((HERE / "program.cpp").read_text(), *flags)
        self.assertIn("PASSED", output(self.folder / "program"))


@needs("dpkg-query", "pkg-config")
class DebianPackage(unittest.TestCase):
    def setUp(self):
        text = (build / "CPackConfig.cmake").read_text()
        self.fields = {name: set(re.split(r",\s*", value))
                       for name, value in re.findall(r"set\(CPACK_DEBIAN_PACKAGE_(\w+) \"(.*)\"\)", text)}

    def package_of(self, path):
        return output("dpkg-query", "--search", path).split(":")[0]

    def package_of_module(self, module):
        return self.package_of(output("pkg-config", "--variable=pcfiledir", module).strip() + f"/{module}.pc")

    def test_D9_suggests_what_the_modules_of_the_libraries_need(self):
        required = set()
        for file in prefix.rglob("pkgconfig/pathology-*.pc"):
            for line in re.findall(r"^Requires(?:\.private)?: *(.*)$", file.read_text(), re.MULTILINE):
                required.update(word.split(" ")[0] for word in re.split(r",\s*", line) if word)
        external = sorted(module for module in required if not module.startswith("pathology-"))
        self.assertIn("libssl", external)
        for module in external:
            self.assertIn(self.package_of_module(module), self.fields["SUGGESTS"], module)

    def test_D9_suggests_what_find_package_looks_for(self):
        config = next(prefix.rglob("pathologyConfig.cmake")).read_text()
        of_dependency = {
            "Threads": "g++", "PkgConfig": "pkg-config", "Boost": self.package_of("/usr/include/boost/version.hpp"),
            "OpenSSL": self.package_of_module("openssl"), "ZLIB": self.package_of_module("zlib"),
            "GTest": self.package_of_module("gtest")}
        dependencies = re.findall(r"find_dependency\((\w+)", config)
        self.assertIn("OpenSSL", dependencies)
        for dependency in dependencies:
            self.assertIn(of_dependency[dependency], self.fields["SUGGESTS"], dependency)
        modules = " ".join(re.findall(r"pkg_check_modules\(\w+ QUIET IMPORTED_TARGET ([^)]*)\)", config)).split()
        self.assertIn("libzstd", modules)
        for module in modules:
            self.assertIn(self.package_of_module(module), self.fields["SUGGESTS"], module)

    def test_D9_recommends_the_certificates_of_authorities(self):
        self.assertIn("ca-certificates", self.fields["RECOMMENDS"])


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    prefix, build = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    compiler = sys.argv[3:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
