"""CPU time of a server, from its own clock: steadier than rates on machines that are shared."""

import contextlib
import os


class Rate(float):
    """So much a second; `count` is how much it was in all."""

    def __new__(cls, rate, count):
        made = super().__new__(cls, rate)
        made.count = count
        return made


def spent(pid):
    """Seconds in the program and in the kernel, of a process and of its children that live."""
    user = kernel = 0
    for member in family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat_of(member)
            user, kernel = user + int(fields[11]), kernel + int(fields[12])
    tick = os.sysconf("SC_CLK_TCK")
    return user / tick, kernel / tick


def family(pid):
    found = [pid]
    for entry in os.listdir("/proc"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if entry.isdigit() and int(stat_of(entry)[1]) == pid:
                found.append(int(entry))
    return found


def stat_of(pid):
    """The fields of /proc/PID/stat behind the name."""
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()


def cost_each(pid, work):
    """What `work` returns, and the microseconds of user and kernel time that each unit of it cost the process; None
    where the work does not count its units."""
    before = spent(pid) if pid else None
    rate = work()
    if before is None or not getattr(rate, "count", 0):
        return rate, None
    after = spent(pid)
    return rate, tuple((late - early) * 1e6 / rate.count for early, late in zip(before, after))
