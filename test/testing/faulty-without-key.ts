export { withoutKey as default } from './faulty-notifiers.js';
