"""Adds up the tests in JUnit files. The last line is "N passed, N failed".

    count.py BROKEN FILE...

BROKEN is how many steps ended with an error. It counts as at least one failure, because a step can
end with an error and no failed test: a package that does not compile, a tool that is missing.
A file without a test counts as one failure, and so does no file at all. Every test that was skipped
is listed with its reason. The exit status is 0 when nothing failed.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def main(broken: int, files: list[Path]) -> int:
    """Prints what was skipped, then the sum; returns the exit status."""
    passed = failed = 0
    for file in files:
        cases = list(ET.parse(file).iter("testcase")) if file.exists() else []
        if not cases:
            print(f"no test ran: {file.name}")
            failed += 1
        for case in cases:
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif skipped is not None:
                print(f"skipped: {case.get('classname')} {case.get('name')}: {reason(skipped)}")
            else:
                passed += 1
    if broken and not failed:
        failed = broken
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def reason(skipped: ET.Element) -> str:
    """Says why in one line; Go's reason comes between lines of `go test` itself."""
    lines = (skipped.get("message") or skipped.text or "").splitlines()
    said = [line.strip() for line in lines if not line.startswith(("=== ", "--- "))]
    return " ".join(line for line in said if line)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
