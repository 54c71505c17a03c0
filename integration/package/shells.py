"""Interactive shells on a terminal of their own, which complete what is typed."""

import os
import pty
import select
import shlex
import signal
import time

PROMPT = "type:"  # no shell prints it but as its prompt: the line that sets it has a quote inside
SECONDS = 30


def complete_in_pty(shell, start, programs, lines, folder):
    """Types each line with a tabulator at its end and runs it. Returns pairs: the line, and the arguments that its program,
    a function of the shell here, got. `start` are command lines that load the completions."""
    record = os.path.join(folder, ".arguments")
    functions = [f"{program}() {{ printf '%s\\n' \"$@\" > '{record}'; }}" for program in programs]
    with Terminal(shell, folder) as terminal:
        for command in [*start, *functions, "PS1=ty'pe:'"]:
            terminal.write(command + "\n")
        terminal.read_until(PROMPT)
        return [(line, terminal.arguments_after(line, record)) for line in lines]


class Terminal:
    def __init__(self, shell, folder):
        self.text = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.environ.update({"TERM": "dumb", "HOME": str(folder), "PS1": "", "HISTFILE": "/dev/null", "LC_ALL": "C"})
            os.execvp(shell[0], shell)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)

    def write(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, text):
        """Reads until the shell has printed `text`, and forgets all up to its end."""
        deadline = time.monotonic() + SECONDS
        while text not in self.text:
            if not select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"no {text!r} within {SECONDS} s in {self.text!r}")
            self.text += os.read(self.terminal, 4096).decode(errors="replace")
        self.text = self.text.split(text, 1)[1]

    def arguments_after(self, line, record):
        if os.path.exists(record):
            os.unlink(record)
        self.write(line + "\t\n")
        self.read_until(PROMPT)
        with open(record, encoding="utf-8") as file:
            return file.read().splitlines()
