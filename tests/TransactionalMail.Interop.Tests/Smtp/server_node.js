// An SMTP server on npm smtp-server, for one test. Input and output are those of server_aiosmtpd.py.
'use strict';

const readline = require('node:readline');
const { SMTPServer } = require('smtp-server');

const tell = fact => process.stdout.write(JSON.stringify(fact) + '\n');
const refusal = reply => Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });

function start(settings) {
    const greeted = new Set();
    const server = new SMTPServer({
        secure: settings.security === 'tls',
        disabledCommands: [...(settings.security === 'startTls' ? [] : ['STARTTLS']), ...(settings.userName === null ? ['AUTH'] : [])],
        key: settings.key,
        cert: settings.certificate,
        authMethods: settings.authentication,
        size: settings.maxSize,
        hideSize: settings.hideSize,
        hideSMTPUTF8: !settings.smtpUtf8,
        hide8BITMIME: false,
        hidePIPELINING: false,
        hideENHANCEDSTATUSCODES: false,
        logger: false,

        onAuth(given, session, callback) {
            const known = given.method === 'XOAUTH2' ? given.accessToken === settings.accessToken : given.password === settings.password;
            if (known && given.username === settings.userName) return callback(null, { user: given.username });
            callback(null, given.method === 'XOAUTH2' ? { data: { status: '401', schemes: 'bearer', scope: 'mail' } } : {});
        },

        onRcptTo({ address }, session, callback) {
            if (settings.recipients[address]) return callback(refusal(settings.recipients[address]));
            if (settings.greylist && !greeted.has(address)) {
                greeted.add(address);
                return callback(refusal('451 4.7.1 Greylisted, come back later'));
            }

            callback();
        },

        onData(stream, session, callback) {
            const { _socket: socket } = [...server.connections].find(connection => connection.id === session.id);
            const content = [];
            stream.on('data', chunk => {
                content.push(chunk);
                if (settings.break === 'duringContent') socket.destroy();
            });
            stream.on('end', () => {
                if (stream.sizeExceeded) return callback(refusal('552 5.3.4 Too large'));
                if (settings.content) return callback(refusal(settings.content));
                tell({
                    sender: session.envelope.mailFrom.address,
                    recipients: session.envelope.rcptTo.map(recipient => recipient.address),
                    content: Buffer.concat(content).toString('base64'),
                    secure: session.secure,
                    user: session.user || null,
                });
                if (settings.break === 'afterContent') return socket.destroy();
                callback(null, 'Taken');
            });
        },
    });
    server.on('error', error => console.error(error.message));
    server.listen(0, '127.0.0.1', () => tell({ port: server.server.address().port }));
}

readline
    .createInterface({ input: process.stdin })
    .once('line', line => start(JSON.parse(line)))
    .once('close', () => process.stdout.write('', () => process.exit())); // after what is still to be written
