"""Verifies every DKIM signature of many messages with dkimpy, on every core and without DNS.

The argument is a JSON file of TXT records by name. Standard input holds messages, each after its length in four octets,
big-endian. Standard output gets one line for each message, in order: pass or fail for each signature from the top, "none"
without any.
"""

import json
import multiprocessing
import struct
import sys

import dkim

with open(sys.argv[1], encoding="ascii") as file:
    records = {name.encode() + b".": value.encode() for name, value in json.load(file).items()}


def txt(name, timeout=5):
    return records.get(name)


def verify(message):
    verifier = dkim.DKIM(message)
    count = sum(1 for name, _ in verifier.headers if name.lower() == b"dkim-signature")
    results = []
    for index in range(count):
        try:
            results.append("pass" if verifier.verify(index, dnsfunc=txt) else "fail")
        except dkim.DKIMException as error:
            results.append("fail (%s)" % error)
    return " ".join(results) or "none"


def messages():
    while header := sys.stdin.buffer.read(4):
        yield sys.stdin.buffer.read(struct.unpack(">I", header)[0])


with multiprocessing.Pool() as pool:
    for result in pool.imap(verify, messages(), chunksize=16):
        print(result)
