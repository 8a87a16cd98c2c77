// Says of each script, a line of JSON, whether the real compiler of Luau takes it.

import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const { LuauState } = await import(pathToFileURL(join(process.argv[2], 'src', 'index.js')))
const state = await LuauState.createAsync({})
for await (const line of createInterface({ input: process.stdin })) {
    const compiled = state.loadstring(JSON.parse(line), 'script')
    process.stdout.write(`${JSON.stringify(typeof compiled === 'function' ? '' : compiled)}\n`)
}
