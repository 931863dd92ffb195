import type { CsatRating, CustomerConversation, Message, Page } from '../contracts/domain.js';
import type { CustomerListInput, CustomerReadInput, CustomerThreadInput } from '../conversations/customer-view.js';
import type { OpenInput } from '../conversations/open.js';
import type { ReceiveInput } from '../conversations/receive.js';

/** The public operations that a customer can cause; the portal reads and changes nothing but through them. */
export interface PortalApi {
  conversations: {
    forCustomer(actorId: string, input?: CustomerListInput): Promise<Page<CustomerConversation>>;
    getForCustomer(actorId: string, id: string, input?: CustomerThreadInput): Promise<CustomerConversation>;
    markReadForCustomer(actorId: string, id: string, input?: CustomerReadInput): Promise<CustomerConversation>;
    open(input: OpenInput): Promise<{ id: string }>;
    receive(id: string, input: ReceiveInput): Promise<Message>;
    submitCsat(id: string, rating: CsatRating): Promise<unknown>;
  };
}
