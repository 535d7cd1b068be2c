// Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository.

// The checks in Node, which need not have an EventSource: this one goes on behind the last event by itself, as a browser's does.

import { run } from './checks.mjs'

function follow(url, take) {
  let connections = 0
  let lastId = ''
  let isOver = false

  const event = block => {
    const fields = block.split('\n').filter(line => line && !line.startsWith(':')).map(line => line.split(/: (.*)/s))
    const data = fields.filter(([name]) => name === 'data').map(([name, value]) => value)
    lastId = (fields.find(([name]) => name === 'id') || [])[1] || lastId
    if (data.length > 0) {
      take(data.join('\n'))
    }
  }

  const connect = async () => {
    const answer = await fetch(url, {
      headers: { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) }
    })
    if (answer.status !== 200) {
      throw new Error('status ' + answer.status)
    }
    connections++
    let text = ''
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + part).split('\n\n')
      text = blocks.pop()
      blocks.forEach(event)
    }
  }

  const read = async () => {
    while (!isOver) {
      await connect().catch(lost => console.log(String(lost)))
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  read()
  return () => {
    isOver = true
    return connections
  }
}

await run(process.argv[2], follow)
process.exit(0)
