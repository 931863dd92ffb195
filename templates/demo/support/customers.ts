/** The data about customers that a real host has in its own tables. */
export interface Customer {
  name: string;
  email: string;
  plan: 'Free' | 'Team' | 'Scale';
  seats: number;
  lifetimeValue: string;
  /** The day on which the customer signed up, as `YYYY-MM-DD`. */
  since: string;
  openInvoices: { number: string; amount: string; dueOn: string }[];
}

export const customers = new Map<string, Customer>([
  [
    'cus_0417',
    {
      name: 'Ines Duarte',
      email: 'ines@harbour-bakery.example',
      plan: 'Scale',
      seats: 42,
      lifetimeValue: '€18,240',
      since: '2023-02-11',
      openInvoices: [{ number: 'INV-2207', amount: '€1,180', dueOn: '2026-12-01' }],
    },
  ],
  [
    'cus_0588',
    {
      name: 'Tomasz Zielinski',
      email: 'tomasz@northlight.example',
      plan: 'Team',
      seats: 9,
      lifetimeValue: '€2,910',
      since: '2024-09-30',
      openInvoices: [],
    },
  ],
  [
    'cus_0731',
    {
      name: 'Amara Okafor',
      email: 'amara@fieldnotes.example',
      plan: 'Free',
      seats: 1,
      lifetimeValue: '€0',
      since: '2026-10-02',
      openInvoices: [],
    },
  ],
]);
