import { parentPort, workerData } from 'node:worker_threads';
import { parse } from 'yaml';

// Errors are thrown; warnings would be printed otherwise.
parentPort?.postMessage(parse(String(workerData), { logLevel: 'error', prettyErrors: false }));
