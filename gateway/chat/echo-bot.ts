/**
 * A bot that answers each message once, with the same text: an example of a whole IMS 2 client.
 *
 *     IMS_USER=echo IMS_PASSWORD=secret IMS_HOST=127.0.0.1 IMS_PORT=5190 BOT_FILE=./echo.state node dist/gateway/chat/echo-bot.js
 *
 * Once and never twice, also when it is killed and started again. Three things make it so. The client keeps in the file
 * what it must not forget. An answer that is sent from inside `message` is kept in one step with the message it answers:
 * whenever the bot dies, the file has both or neither. What it has not, the gateway sends again, because the client says
 * that it has a message only when the file has it; and an answer is sent until the gateway has confirmed it, under a
 * number by which the gateway knows it from before.
 *
 * `isOld` messages come when the file is a new one: they were there before the bot, and may have been answered by another.
 */

import { openLink } from './link.ts';
import { FileStorage } from './storage.ts';
import { systemTiming, toPassword } from './timing.ts';
import { Client, type Message } from '../../protocol/client.ts';

const { IMS_USER = 'echo', IMS_PASSWORD = '', IMS_HOST = '127.0.0.1', IMS_PORT = '5190', BOT_FILE } = process.env;
const address = { host: IMS_HOST, port: Number(IMS_PORT) };
const storage = await FileStorage.open(BOT_FILE ?? `./${IMS_USER}.state`, (error) => console.error(error.message));

const client = new Client(
  {
    open: (listener) => openLink(address, listener),
    storage,
    timing: systemTiming,
    update(update) {
      if (update.kind === 'message' && !update.isOld) answer(update.message);
      const { connection } = client;
      if (update.kind === 'connection') console.log(connection.state);
      if (connection.state === 'out' && connection.why !== 'stopped') process.exitCode = 1;
    },
  },
  { kept: storage.kept, label: 'Echo bot' },
);

function answer({ from, text }: Message): void {
  // It may have come without the number that an answer has, and be as long as a message can be.
  if (client.excess(from, text) <= 0) client.send(from, text);
}

// With the token of the last time; only at first with the password.
if (client.user.toLowerCase() !== IMS_USER.toLowerCase() || !client.start()) {
  client.logIn(IMS_USER, toPassword(IMS_PASSWORD));
}
