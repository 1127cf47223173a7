import type { IncomingHttpHeaders } from 'node:http';
import type { RolloutConfig } from '../../../catalog/config.js';
import type { SlotName } from '../../../catalog/tools.js';
import { createMatcher } from './match-request.js';
import type { Target } from './target.js';
import { createTrafficSplit, otherSlot } from './traffic-split.js';
import { createVisitors } from './visitors.js';

export type RouterOptions = {
  targetOf: (slot: SlotName) => Target | null;
  /** What is in a slot, as far as the router must tell one candidate from the next. */
  contentOf: (slot: SlotName) => string;
  route: RolloutConfig['route'];
};

/** Where a request goes, and the cookie that its answer takes along. */
export type Choice = { target: Target | null; setCookie: string | null };

/**
 * Which slot takes a request. The idle slot takes its weight, what a route names, and nothing more: it stands in for the active
 * one only while it has a weight, or right after a switch, when it holds the version that was active until then.
 */
export const createRouter = ({ targetOf, contentOf, route }: RouterOptions) => {
  const split = createTrafficSplit();
  const mirrorSplit = createTrafficSplit();
  const matches = createMatcher(route.match);
  const visitors = route.sessionAffinity === undefined ? null : createVisitors(route.sessionAffinity);
  let activeSlot: SlotName = 'blue';
  let weight = 0;
  let mirrorPercent = 0;
  let standsBy = false;
  /** Whether a rollout is on, in which routes hold. */
  let routed = false;

  const shape = (next: { weight: number; mirrorPercent: number; standsBy: boolean; routed: boolean }): void => {
    ({ weight, mirrorPercent, standsBy, routed } = next);
    split.restart();
    mirrorSplit.restart();
  };
  const atRest = { weight: 0, mirrorPercent: 0, standsBy: false, routed: false };

  const admits = (slot: SlotName): boolean => slot === activeSlot || weight > 0 || standsBy;
  const running = (slot: SlotName): Target | null => {
    const target = targetOf(slot);
    return target?.healthy === true ? target : null;
  };
  const healthy = (slot: SlotName): Target | null => (admits(slot) ? running(slot) : null);

  return {
    get activeSlot() {
      return activeSlot;
    },
    get idleSlot() {
      return otherSlot(activeSlot);
    },
    get weight() {
      return weight;
    },
    restore: (slot: SlotName): void => {
      activeSlot = slot;
      shape(atRest);
    },
    /** No weight and no mirror is the end of a rollout, and of its routes. */
    setWeight: (percent: number): void => shape({ ...atRest, weight: percent, routed: percent > 0 }),
    /** A rollout is on: its routes hold even without a weight. */
    shape: (percent: number, mirrored: number): void => shape({ ...atRest, weight: percent, mirrorPercent: mirrored, routed: true }),
    switchActive: (): void => {
      activeSlot = otherSlot(activeSlot);
      shape({ ...atRest, standsBy: true });
    },
    /** A slot that is ill still gets the request when nothing better runs: a late answer beats none. */
    choose: (headers: IncomingHttpHeaders): Choice => {
      const idleSlot = otherSlot(activeSlot);
      const named = routed && matches?.(headers) === true ? running(idleSlot) : null;
      if (named !== null) return { target: named, setCookie: null };
      const visitor = visitors !== null && weight > 0 && weight < 100 ? visitors.visitorOf(headers.cookie, contentOf(idleSlot)) : null;
      const slot = (visitor === null ? split.next(weight) : visitor.place < weight) ? idleSlot : activeSlot;
      const target = healthy(slot) ?? healthy(otherSlot(slot)) ?? targetOf(activeSlot);
      return { target, setCookie: visitor?.setCookie ?? null };
    },
    otherThan: (target: Target): Target | null => healthy(otherSlot(target.slot)),
    /** Who gets a copy of a safe request that `target` answers; mostly nobody. */
    shadowOf: (target: Target): Target | null =>
      mirrorPercent > 0 && target.slot === activeSlot && mirrorSplit.next(mirrorPercent) ? running(otherSlot(activeSlot)) : null,
  };
};

export type Router = ReturnType<typeof createRouter>;
