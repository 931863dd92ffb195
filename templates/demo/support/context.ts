import { type ContextProvider, ok } from 'cairnloop';
import { customers } from './customers.js';

/** Facts about a customer, shown beside the conversation: top-level keys are headers, nested maps label and value. */
export const contextProvider: ContextProvider = {
  getContext(actorId) {
    const customer = customers.get(actorId);
    if (!customer) return ok({});
    const { name, email, since, plan, seats, lifetimeValue, openInvoices } = customer;
    return ok({
      Customer: { name, email, since },
      'Active plan': { plan, seats, lifetimeValue },
      Billing: { openInvoices },
    });
  },
};
