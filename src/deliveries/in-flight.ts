import type { DeliveryTopic } from '../contracts/domain.js';
import type { Runtime } from '../runtime.js';
import { createDeliveryAttempt } from './attempt.js';
import { type ClaimedDelivery, renewLeases } from './claim.js';
import { type LoadedCall, loadCallsOfBatch, releasedCallMark } from './load-batch.js';
import type { OutcomeWriter } from './outcome-writer.js';
import type { PrefetchControl, UnsettledDeliveryCounts } from './prefetch.js';
import { deliveryLagSeconds, reportSettledAttempt } from './report.js';
import type { ClaimOutcome } from './settle.js';
import type { TopicHandler } from './topic-handler.js';

/** The drainer's functions and state that the deliveries in flight use. */
export interface DeliveriesInFlightOptions {
  runtime: Runtime;
  topic: DeliveryTopic;
  handler: TopicHandler;
  outcomes: OutcomeWriter;
  prefetch: PrefetchControl;
  /** Resolves when the deliveries of the running claim were passed to `add`. Never rejects. */
  claimed(): Promise<void>;
  /** Called for each delivery that is no longer held. */
  onReleased(id: string): void;
  /** Called when a batch is loaded, and when a delivery is settled. */
  onChange(): void;
}

/** A claimed delivery, from its load to its settlement. */
interface Delivery {
  row: ClaimedDelivery;
  call: LoadedCall;
  /** When the claim was sent, by `performance.now()`; the lease ends no sooner than `leaseMs` later. */
  claimedAt: number;
}

/** How a call ended. */
interface Ended {
  outcome: ClaimOutcome;
  /** When the call began, by `performance.now()`. */
  started: number;
  seconds: number;
  settled: boolean;
}

/** The deliveries that one drainer has claimed and not yet settled. Loads them, calls the host, and settles them. */
export class DeliveriesInFlight {
  readonly #options: DeliveriesInFlightOptions;
  readonly #attempt: ReturnType<typeof createDeliveryAttempt>;
  readonly #held = new Map<string, ClaimedDelivery>();
  /** Deliveries that are loaded and wait to be called. */
  readonly #ready: Delivery[] = [];
  #loading = 0;
  /** Number of running callbacks. */
  #calling = 0;
  /** Number of deliveries that were called and are not yet settled. */
  #called = 0;
  #stopping = false;

  constructor(options: DeliveriesInFlightOptions) {
    this.#options = options;
    this.#attempt = createDeliveryAttempt(options.runtime, options.topic, options.handler);
  }

  get size(): number {
    return this.#held.size;
  }

  get underWay(): UnsettledDeliveryCounts {
    return { called: this.#called, ahead: this.#loading + this.#ready.length };
  }

  /**
   * Loads claimed deliveries and calls as many as there is room for. Never rejects; the next claim need not wait for
   * it.
   */
  async add(claimed: readonly ClaimedDelivery[], claimedAt: number): Promise<void> {
    const { runtime, handler, onChange } = this.#options;
    const rows = claimed.filter((row) => !this.#isClaimedAgain(row));
    for (const row of rows) this.#held.set(row.id, row);
    this.#loading += rows.length;
    const mayBeCalled = rows.filter((row) => row.attempts <= runtime.config.worker.maxAttempts);
    const loaded = await loadCallsOfBatch(runtime, handler, mayBeCalled);
    this.#loading -= rows.length;
    for (const row of rows) this.#ready.push({ row, call: loaded.get(row.id), claimedAt });
    this.#callReady();
    onChange();
  }

  /**
   * Renews every lease. Ready deliveries that wait behind long calls are released, because another worker may be free.
   */
  async renew(): Promise<void> {
    const { runtime, prefetch } = this.#options;
    if (this.#ready.length > 0) prefetch.stalled();
    for (const delivery of this.#ready.splice(0)) this.#deliver({ ...delivery, call: releasedCallMark });
    if (this.#held.size > 0) await renewLeases(runtime.db, [...this.#held.values()], runtime.config.worker.leaseMs);
  }

  /** Releases every delivery that was not called yet, also those that are claimed after this call. */
  stop(): void {
    this.#stopping = true;
    this.#callReady();
  }

  /**
   * Whether this worker claimed a delivery that it still holds, because the lease expired while the database was away
   * or the process was frozen. It is not called twice: its outcome counts for the new claim.
   */
  #isClaimedAgain(row: ClaimedDelivery): boolean {
    const own = this.#held.get(row.id);
    if (!own) return false;
    own.claims = row.claims;
    own.isClaimedAgain = true;
    return true;
  }

  /**
   * Calls loaded deliveries while there is room. One that waited longer than its lease is released: after a freeze it
   * may belong to another worker.
   */
  #callReady(): void {
    const { leaseMs } = this.#options.runtime.config.worker;
    while (this.#hasRoom()) {
      const next = this.#ready.shift();
      if (!next) return;
      const isMine = !this.#stopping && performance.now() < next.claimedAt + leaseMs;
      this.#deliver(isMine ? next : { ...next, call: releasedCallMark });
    }
  }

  #hasRoom(): boolean {
    const { runtime, prefetch } = this.#options;
    return (
      this.#stopping || (this.#calling < runtime.config.worker.concurrency && this.#called < prefetch.unsettledLimit)
    );
  }

  #deliver(delivery: Delivery): void {
    this.#called += 1;
    this.#calling += 1;
    const started = performance.now();
    const outcome = this.#attempt(delivery.row, delivery.call, delivery.claimedAt);
    if (!(outcome instanceof Promise)) {
      this.#ended(delivery, outcome, started);
      return;
    }
    void outcome.then((reached) => {
      this.#ended(delivery, reached, started);
      this.#callReady();
    });
  }

  #ended(delivery: Delivery, outcome: ClaimOutcome, started: number): void {
    this.#calling -= 1;
    void this.#settle(delivery, { outcome, started, seconds: (performance.now() - started) / 1000, settled: false });
  }

  /** Settles a delivery, and settles it again if this worker claimed it meanwhile, because nobody else would. */
  async #settle(delivery: Delivery, ended: Ended): Promise<void> {
    const { outcomes, topic, claimed } = this.#options;
    const { row } = delivery;
    const { claims } = row;
    const written = await outcomes.settle({ row, topic, outcome: ended.outcome, seconds: ended.seconds });
    if (written === 'settled') ended.settled = true;
    // Postgres refuses the outcome of an old claim once there is a newer one. That may be this worker's own and still
    // running, so wait for it to end.
    if (written === 'refused') await claimed();
    if (row.claims === claims) this.#release(delivery, ended);
    else void this.#settle(delivery, ended);
  }

  #release({ row, claimedAt }: Delivery, { outcome, started, seconds, settled }: Ended): void {
    const { runtime, topic, handler, prefetch, onReleased, onChange } = this.#options;
    const lagSeconds = deliveryLagSeconds(row, runtime.config.worker.leaseMs, (performance.now() - claimedAt) / 1000);
    if (settled) reportSettledAttempt(runtime, { topic, handler, row, outcome, seconds, lagSeconds });
    this.#called -= 1;
    if (outcome.kind !== 'released' && outcome.kind !== 'postponed') prefetch.took(performance.now() - started);
    this.#held.delete(row.id);
    onReleased(row.id);
    this.#callReady();
    onChange();
  }
}
