"""Verifies every DKIM signature of many messages with dkimpy, in one process and without DNS.

The argument is a JSON file of TXT records by name. Standard input holds messages, each after its length in four octets,
big-endian. Standard output gets one line for each message: pass or fail for each signature from the top, "none" without any.
"""

import json
import struct
import sys

import dkim


def verify(message, txt):
    verifier = dkim.DKIM(message)
    count = sum(1 for name, _ in verifier.headers if name.lower() == b"dkim-signature")
    results = []
    for index in range(count):
        try:
            results.append("pass" if verifier.verify(index, dnsfunc=txt) else "fail")
        except dkim.DKIMException as error:
            results.append("fail (%s)" % error)
    return " ".join(results) or "none"


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        records = {name.encode() + b".": value.encode() for name, value in json.load(file).items()}

    def txt(name, timeout=5):
        return records.get(name)

    source = sys.stdin.buffer
    while header := source.read(4):
        print(verify(source.read(struct.unpack(">I", header)[0]), txt), flush=True)


main()
