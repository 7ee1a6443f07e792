import type { Statistics } from '../statistics.ts';
import type { Told } from './messages.ts';

/**
 * The statistics of all threads. Everything that was counted is kept by this one; before it answers, the others hand over
 * what they have counted since they did so last.
 */
export function mergeStatistics(own: Statistics, ask: () => Promise<readonly Told[]>): Statistics {
  return {
    ofApi: async (id, fromMinute) => {
      await ask();
      return own.ofApi(id, fromMinute);
    },
    ofGroup: async (id, fromMinute) => {
      await ask();
      return own.ofGroup(id, fromMinute);
    },
    traffic: async (id, fromMinute, toMinute) => {
      await ask();
      return own.traffic(id, fromMinute, toMinute);
    },
    state: async () => {
      const told = await ask();
      const { calls, connections, upstreamConnections } = await own.state();
      const sumOf = (first: number, read: (each: Told) => number) =>
        told.reduce((sum, each) => sum + read(each), first);
      return {
        calls,
        connections: {
          http: sumOf(connections.http, (each) => each.connections.http),
          https: sumOf(connections.https, (each) => each.connections.https),
        },
        upstreamConnections: sumOf(upstreamConnections, (each) => each.upstreamConnections),
      };
    },
  };
}
