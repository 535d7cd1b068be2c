// Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository.

// What a program does that has nothing but the WebSocket and the fetch of its platform. Runs in a browser and in Node; what
// it has seen is judged by OutsideClientsIT.

const COUNT = 20
const KEYS = 4

const OPS = { publish: 1, subscribe: 2, permit: 3, producer: 5 }
const ANSWERS = { 129: 'published', 130: 'subscribed', 133: 'producer', 254: 'event', 255: 'error' }

/** A connection whose messages are waited for one after another. */
class Peer {
  static open(url, protocol) {
    const socket = new WebSocket(url, protocol)
    socket.binaryType = 'arraybuffer'
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve(new Peer(socket))
      socket.onerror = () => reject(new Error('no connection to ' + url))
    })
  }

  constructor(socket) {
    this.socket = socket
    this.isBinary = socket.protocol === 'headrace.binary.v1'
    this.received = []
    this.waiting = []
    socket.onmessage = message => this.take(this.isBinary ? decode(message.data) : JSON.parse(message.data))
    socket.onclose = end => this.take({ op: 'closed', code: end.code, reason: end.reason })
  }

  take(message) {
    const next = this.waiting.shift()
    if (next) {
      next(message)
    } else {
      this.received.push(message)
    }
  }

  send(message) {
    this.socket.send(this.isBinary ? encode(message) : JSON.stringify(message))
    return this
  }

  next() {
    return this.received.length > 0
      ? Promise.resolve(this.received.shift())
      : new Promise(resolve => this.waiting.push(resolve))
  }

  async expect(op) {
    const message = await this.next()
    if (message.op !== op) {
      throw new Error('not ' + op + ' but ' + JSON.stringify(message))
    }
    return message
  }

  async expectAll(op, count) {
    const all = []
    while (all.length < count) {
      all.push(await this.expect(op))
    }
    return all
  }

  close() {
    this.socket.onclose = null
    this.socket.close()
  }
}

function encode({ op, bytes = new Uint8Array(), ...fields }) {
  const header = new TextEncoder().encode(JSON.stringify(fields))
  const message = new Uint8Array(6 + header.length + bytes.length)
  message[0] = 1
  message[1] = OPS[op]
  new DataView(message.buffer).setUint32(2, header.length)
  message.set(header, 6)
  message.set(bytes, 6 + header.length)
  return message
}

function decode(buffer) {
  const end = 6 + new DataView(buffer).getUint32(2)
  const code = new Uint8Array(buffer)[1]
  const fields = new TextDecoder().decode(new Uint8Array(buffer, 6, end - 6))
  return { ...JSON.parse(fields || '{}'), op: ANSWERS[code], bytes: new Uint8Array(buffer, end) }
}

const numbers = count => Array.from({ length: count }, (nothing, i) => i)

const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

/** Publishes with keys, and reads with permits; then again from the tenth event on. */
async function plain({ socket, scope }) {
  const stream = scope + '/plain'
  const peer = await Peer.open(socket, 'headrace.json.v1')
  numbers(COUNT).forEach(i =>
    peer.send({ op: 'publish', id: 'p' + i, stream, key: 'key-' + (i % KEYS), text: String(i) }))
  const published = (await peer.expectAll('published', COUNT)).map(answer => answer.id)
  peer.send({ op: 'subscribe', id: 's', stream, from: 'earliest', permits: 5 })
  await peer.expect('subscribed')
  const events = await peer.expectAll('event', 5)
  // Nothing else has come when a later question is answered.
  peer.send({ op: 'publish', id: 'last', stream: scope + '/other', text: 'x' })
  await peer.expect('published')
  peer.send({ op: 'permit', id: 's', permits: COUNT })
  events.push(...(await peer.expectAll('event', COUNT - 5)))
  peer.close()
  const again = await Peer.open(socket, 'headrace.json.v1')
  again.send({ op: 'subscribe', id: 's', stream, from: events[9].position, permits: COUNT })
  await again.expect('subscribed')
  const resumed = await again.expectAll('event', COUNT - 10)
  again.close()
  return { published, read: events.map(event => event.text), resumed: resumed.map(event => event.text) }
}

/** Loses its connection with answers under way, and sends all that was not acknowledged, and some that was, again. */
async function numbered({ socket, scope }) {
  const stream = scope + '/numbered'
  const publish = (peer, i) =>
    peer.send({
      op: 'publish', id: 'p' + i, stream, key: 'key-' + (i % KEYS), text: String(i), producer: 'outside', sequence: i + 1
    })
  const first = await Peer.open(socket, 'headrace.json.v1')
  numbers(COUNT).forEach(i => publish(first, i))
  await first.expectAll('published', 7)
  first.close()
  const second = await Peer.open(socket, 'headrace.json.v1')
  second.send({ op: 'producer', id: 'o', stream, producer: 'outside' })
  const { last } = await second.expect('producer')
  numbers(2 * COUNT).forEach(i => publish(second, i))
  const answers = await second.expectAll('published', 2 * COUNT)
  second.close()
  return {
    last,
    sequences: answers.map(answer => answer.sequence),
    duplicates: answers.filter(answer => answer.duplicate).map(answer => answer.sequence)
  }
}

/** Bytes that are no text, there and back. */
async function binary({ socket, scope }) {
  const stream = scope + '/binary'
  const peer = await Peer.open(socket, 'headrace.binary.v1')
  const sent = [new Uint8Array(), Uint8Array.from(numbers(256)), new Uint8Array(70000).fill(255)]
  sent.forEach((bytes, i) =>
    peer.send({ op: 'publish', id: 'p' + i, stream, key: 'k', producer: 'bytes', sequence: i + 1, bytes }))
  const published = (await peer.expectAll('published', sent.length)).map(answer => answer.sequence)
  peer.send({ op: 'subscribe', id: 's', stream, from: 'earliest', permits: 1 })
  await peer.expect('subscribed')
  const events = [await peer.expect('event')]
  peer.send({ op: 'permit', id: 's', permits: 10 })
  events.push(...(await peer.expectAll('event', sent.length - 1)))
  peer.send({ op: 'subscribe', id: 'again', stream, from: events[1].position, permits: 1 })
  await peer.expect('subscribed')
  const resumed = await peer.expect('event')
  peer.close()
  return {
    published,
    isSame: events.every((event, i) => hex(event.bytes) === hex(sent[i])),
    isSameResumed: resumed.id === 'again' && hex(resumed.bytes) === hex(sent[2])
  }
}

/** Follows a stream of events through a lost connection. */
async function tail({ http, cuttable, scope }, here, follow) {
  const path = '/v1/scopes/' + scope + '/streams/tail/events'
  const publish = async i => {
    const answer = await fetch(http + path + '?routingKey=k', { method: 'POST', body: String(i) })
    if (answer.status !== 201) {
      throw new Error('published with ' + answer.status)
    }
  }
  const texts = []
  let arrived = () => {}
  const connections = follow(cuttable + path + '?from=earliest', text => {
    texts.push(text)
    arrived()
  })
  const until = count =>
    new Promise(resolve => {
      arrived = () => texts.length >= count && resolve()
      arrived()
    })
  for (const i of numbers(5)) {
    await publish(i)
  }
  await until(5)
  await fetch(here + '/cut', { method: 'POST' })
  for (const i of numbers(5)) {
    await publish(5 + i)
  }
  await until(10)
  return { texts, connections: connections() }
}

/**
 * Does all, and tells what came of it.
 *
 * @param here the server of the test
 * @param follow reads a stream of events: takes its URL and a function that gets each text, and returns one that says how
 *     many connections that has taken so far
 */
export async function run(here, follow) {
  const config = await (await fetch(here + '/config')).json()
  const report = {}
  try {
    report.plain = await plain(config)
    report.numbered = await numbered(config)
    report.binary = await binary(config)
    report.tail = await tail(config, here, follow)
  } catch (e) {
    report.error = String(e.stack || e)
  }
  await fetch(here + '/result', { method: 'POST', body: JSON.stringify(report) })
}
