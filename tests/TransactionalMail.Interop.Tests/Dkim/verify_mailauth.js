// Verifies every DKIM signature of many messages with mailauth, in one process and without DNS.
// Arguments, input and output are those of verify_dkimpy.py.
'use strict';

const fs = require('node:fs');
const { dkimVerify } = require('mailauth/lib/dkim/verify');

const records = JSON.parse(fs.readFileSync(process.argv[2], 'ascii'));

async function resolver(name, type) {
    if (type === 'TXT' && name in records) return [[records[name]]];
    throw Object.assign(new Error(`no ${type} record of ${name}`), { code: 'ENOTFOUND' });
}

async function verify(message) {
    const { results } = await dkimVerify(message, { resolver });
    return results.map(({ status }) => (['pass', 'none'].includes(status.result) ? status.result : `fail (${status.comment})`)).join(' ');
}

async function* messages() {
    let unread = Buffer.alloc(0);
    for await (const chunk of process.stdin) {
        unread = Buffer.concat([unread, chunk]);
        while (unread.length >= 4 && unread.length >= 4 + unread.readUInt32BE()) {
            const end = 4 + unread.readUInt32BE();
            yield unread.subarray(4, end);
            unread = unread.subarray(end);
        }
    }
}

(async () => {
    for await (const message of messages()) console.log(await verify(message));
})();
