'use strict';
// @slack/bolt: a small app with an event, a command, a button, a modal that is
// refused first and taken then, a Home tab and an external select.
const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const { App, LogLevel } = require('@slack/bolt');
const {
  api, workspace, act, look, until, once, state,
} = require('./sim');

const app = new App({
  token: workspace.bot_token,
  appToken: workspace.app_token,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: api },
});
const plain = (text) => ({ type: 'plain_text', text });

app.command('/usher', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'ask',
      title: plain('Ask'),
      submit: plain('Send'),
      blocks: [
        { type: 'input', block_id: 'why', label: plain('Why'), element: { type: 'plain_text_input', action_id: 'reason' } },
        { type: 'input', block_id: 'where', label: plain('Where'), element: { type: 'external_select', action_id: 'room', min_query_length: 0 } },
      ],
    },
  });
});
app.options('room', async ({ ack, options }) => {
  await ack({ options: [{ text: plain(`about ${options.value}`), value: 'room-1' }] });
});
const submissions = [];
app.view('ask', async ({ ack, view }) => {
  const values = view.state.values;
  submissions.push(values);
  if (values.why.reason.value.length < 5) {
    await ack({ response_action: 'errors', errors: { why: 'Say a little more' } });
    return;
  }
  await ack();
});
app.action('join', async ({ ack, respond, action }) => {
  await ack();
  await respond({ replace_original: true, text: `joined ${action.value}` });
});
app.event('app_home_opened', async ({ event, client }) => {
  await client.views.publish({
    user_id: event.user,
    view: { type: 'home', blocks: [{ type: 'section', text: plain('Your rooms') }] },
  });
});
const joins = once();
app.event('member_joined_channel', async ({ event }) => joins.resolve(event));

before(async () => { await app.start(); });
after(async () => { await app.stop(); });

test('an event', async () => {
  await act('alice', 'invite', { channel: 'finance-department', users: ['bob'] });
  const event = await joins.value;
  const { users } = await state();
  assert.equal(users[event.user].name, 'bob');
  assert.equal(users[event.inviter].name, 'alice');
});

test('a button', async () => {
  await app.client.chat.postMessage({
    channel: 'general',
    text: 'Join?',
    blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'join', value: 'room-1', text: plain('Join') }] }],
  });
  await act('bob', 'click', { channel: 'general', action_id: 'join' });
  await until('the message is replaced', async () => (await state()).messages.some((m) => m.text === 'joined room-1'));
});

test('a modal, with options, refused and then taken', async () => {
  await act('bob', 'slash', { command: '/usher', text: '', channel: 'general' });
  const person = async () => {
    const { users, modals } = await state();
    const bob = Object.values(users).find((u) => u.name === 'bob');
    return modals[bob.id] ?? [];
  };
  const [view] = await until('the modal opens', async () => { const open = await person(); return open.length > 0 && open; });
  const found = await act('bob', 'suggest', { view_id: view.id, action_id: 'room', query: 'fin' });
  assert.match(JSON.stringify(found.options), /about fin/);

  const values = { why: { reason: 'no' }, where: { room: 'room-1' } };
  const refused = await act('bob', 'submit', { view_id: view.id, values });
  assert.deepEqual(refused.errors, { why: 'Say a little more' });
  assert.equal((await person()).length, 1);

  values.why.reason = 'because I may';
  const taken = await act('bob', 'submit', { view_id: view.id, values });
  assert.equal(Object.keys(taken.errors ?? {}).length, 0);
  assert.equal((await person()).length, 0);
  assert.deepEqual(submissions.map((v) => v.why.reason.value), ['no', 'because I may']);
  assert.equal(submissions[1].where.room.selected_option.value, 'room-1');
});

test('a Home tab', async () => {
  await act('bob', 'open_home');
  const home = await until('the Home is published', async () => {
    const { users, homes } = await state();
    const bob = Object.values(users).find((u) => u.name === 'bob');
    return homes[bob.id];
  });
  assert.match(JSON.stringify(home), /Your rooms/);
});

test('everything sent was acknowledged', async () => {
  await until('no ack is missing', async () => {
    const { sent, acked } = await look('sockets');
    return sent > 0 && sent === acked;
  });
});
