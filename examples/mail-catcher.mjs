/** A mail server that prints what it receives, for trying the examples: `node examples/mail-catcher.mjs`. */
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  async onData(stream, _session, done) {
    stream.setEncoding('utf8');
    let mail = '';
    for await (const chunk of stream) mail += chunk;
    console.log(mail.replaceAll('\r\n', '\n'));
    done();
  },
});

server.listen(Number(process.env.PORT ?? 1025), '127.0.0.1', () => {
  console.log(`listening on smtp://127.0.0.1:${server.server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
