import { closeSupport } from '../app/services/support.js';

export default class SupportProvider {
  /** Before the server closes, which would wait for live pages. */
  shutdown(): Promise<void> {
    return closeSupport();
  }
}
