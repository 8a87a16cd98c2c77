// Runs the plugin in the real Luau VM, in as much of Studio as roblox.luau has, against the real
// bridge. Reads what a person does as lines of JSON, and answers each with one.

import { readFileSync, readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [luauWeb, plugin, setupText] = process.argv.slice(2)
const { LuauState } = await import(pathToFileURL(join(luauWeb, 'src', 'index.js')))
const setup = JSON.parse(setupText)
const began = performance.now()
const queue = []
let deliver = () => {}

async function ask(id, method, url, headers, body) {
    try {
        const answer = await fetch(url, {
            method,
            headers: JSON.parse(headers),
            body: body === '' ? undefined : body,
            signal: AbortSignal.timeout(60_000),
        })
        queue.push([id, true, answer.status, await answer.text()])
    } catch (error) {
        queue.push([id, false, 0, String(error.cause ?? error)])
    }
}

const state = await LuauState.createAsync({
    host_now: () => ((performance.now() - began) / 1000) * setup.haste,
    host_ask: (...asked) => void ask(...asked),
    host_print: (text) => void process.stderr.write(`${text}\n`),
    setup_place: setup.place,
    setup_edits: setup.edits,
    setup_largest: setup.largest,
    setup_settings: JSON.stringify(setup.settings),
})

// The VM has too little memory for what is really too large to be sent.
const scaled = (text) => text.replace('1_000_000', String(Math.floor(setup.largest * 0.95)))
const load = (path, name) => state.loadstring(scaled(readFileSync(path, 'utf8')), name, true)
const here = new URL('roblox.luau', import.meta.url)
const made = await load(here, 'roblox')()
const [module, begin, pump, , answer] = made
deliver = made[3]

const files = readdirSync(plugin).filter((name) => name.endsWith('.luau'))
for (const file of files.filter((name) => !name.includes('.server.')))
    await module(file.replace('.luau', ''), load(join(plugin, file), file))
const world = setup.world ?? []
for (const one of world) await answer(JSON.stringify({ do: 'make', ...one.make }))
for (const one of world)
    for (const [name, value] of Object.entries(one.attributes ?? {}))
        await answer(JSON.stringify({ do: 'mark', path: one.path, name, value }))
await begin(load(join(plugin, 'Heddle.server.luau'), 'Heddle'))

const said = []
createInterface({ input: process.stdin })
    .on('line', (line) => said.push(line))
    .on('close', () => process.exit(0))

// The VM is entered from here alone, one call after the other.
for (;;) {
    while (queue.length) await deliver(...queue.shift())
    while (said.length) {
        const told = await answer(said.shift())
        process.stdout.write(`${Array.isArray(told) ? told[0] : told}\n`)
    }
    await pump()
    await new Promise((resume) => setTimeout(resume, 4))
}
