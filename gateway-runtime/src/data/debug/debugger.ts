import { NEVER_DUE, systemTimers, type Timers } from '../../clock.ts';
import type { Debugger } from '../../debugging.ts';
import type { Microservices } from '../../microservices.ts';
import type { ConfigurationReader } from '../../store/configuration.ts';
import { Compiler } from '../compiler.ts';
import { createLasting, endLasting, type Lasting } from '../lasting.ts';
import type { BackendTls } from '../origins.ts';
import type { Services } from '../services.ts';
import type { Snapshot } from '../snapshot.ts';
import { runDebugCall } from './debug-call.ts';
import { createScene } from './debug-scene.ts';

/** What a debugger is made with. */
export interface DebuggerOptions {
  readonly domainSuffix: string;
  readonly backendTls: BackendTls;
  readonly timers: Timers | undefined;
  readonly microservices: Microservices | undefined;
  /** What is in force. */
  readonly present: () => {
    readonly configuration: ConfigurationReader;
    readonly snapshot: Snapshot;
    readonly services: Services;
    readonly lasting: Lasting;
  };
}

/** Makes debug calls: under what is in force, or under another configuration as if it were. */
export function createDebugger(options: DebuggerOptions): Debugger {
  const { domainSuffix, backendTls, timers, microservices, present } = options;
  const due = timers ?? systemTimers;
  return async (under, call) => {
    const { configuration, snapshot, services, lasting } = present();
    if (under === configuration) {
      return runDebugCall(call, createScene(call, under, snapshot, lasting, domainSuffix), services, due);
    }
    const trial = createLasting({ backendTls, timers: NEVER_DUE, microservices });
    try {
      const staged = new Compiler(domainSuffix, trial).start(under);
      const { counters, decisions, sideCalls } = trial;
      const scene = createScene(call, under, staged, trial, domainSuffix);
      return await runDebugCall(call, scene, { ...services, counters, decisions, sideCalls }, due);
    } finally {
      endLasting(trial);
    }
  };
}
