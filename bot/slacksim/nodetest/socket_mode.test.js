'use strict';
// @slack/socket-mode: connect, receive, ack, reply in the ack, refresh.
const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const { SocketModeClient, LogLevel } = require('@slack/socket-mode');
const {
  api, workspace, act, control, look, until, once,
} = require('./sim');

const socket = new SocketModeClient({
  appToken: workspace.app_token,
  logLevel: LogLevel.ERROR,
  clientPingTimeout: 500, // also what it waits before it connects again
  clientOptions: { slackApiUrl: api },
});

before(async () => { await socket.start(); });
after(async () => { await socket.disconnect(); });

test('is connected', async () => {
  const { open, connections } = await look('sockets');
  assert.equal(open, 1);
  assert.equal(connections.length, 1);
});

test('receives an event and acknowledges it', async () => {
  const created = once();
  socket.once('channel_created', created.resolve);
  const { channel } = await act('alice', 'create_channel', { name: 'from-node' });
  const { ack, body, event, retry_num: retries } = await created.value;
  assert.equal(event.channel.name, 'from-node');
  assert.equal(event.channel.id, channel.id ?? channel);
  assert.equal(body.team_id, workspace.team_id);
  assert.equal(retries, 0);
  await ack();
  await until('the ack arrives', async () => (await look('sockets')).acked >= 1);
  const { events } = await look('events?since=0');
  const sent = events.find((e) => JSON.stringify(e).includes(body.event_id));
  assert.equal(sent.deliveries.length, 1);
});

test('an event without an ack comes again', async () => {
  const seen = [];
  const again = once();
  const listen = ({ ack, body, retry_num: attempt, retry_reason: reason }) => {
    seen.push([body.event_id, attempt, reason]);
    if (attempt === 0) return;
    ack();
    again.resolve();
  };
  socket.on('channel_rename', listen);
  await act('alice', 'rename', { channel: 'from-node', name: 'renamed' });
  await again.value;
  socket.removeListener('channel_rename', listen);
  assert.equal(seen[0][0], seen[1][0]);
  assert.deepEqual(seen[1].slice(1), [1, 'timeout']);
});

test('answers a slash command in the ack', async () => {
  socket.once('slash_commands', async ({ ack, body }) => {
    assert.equal(body.command, '/usher');
    await ack({ text: `you said ${body.text}` });
  });
  const answered = await act('alice', 'slash', { command: '/usher', text: 'hello', channel: 'general' });
  assert.match(JSON.stringify(answered), /you said hello/);
});

test('connects again when Slack refreshes the connection', async () => {
  const connected = once();
  socket.once('connected', connected.resolve);
  await control('faults', { socket: 'disconnect', reason: 'refresh_requested' });
  await connected.value;
  const archived = once();
  socket.once('channel_archive', archived.resolve);
  await act('alice', 'archive', { channel: 'renamed' });
  const { ack } = await archived.value;
  await ack();
});
