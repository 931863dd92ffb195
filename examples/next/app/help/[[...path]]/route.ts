import { support } from '../../../support';

const handle = async (request: Request): Promise<Response> => (await support()).portal.fetch(request);

// Neither at build time nor out of a cache.
export const dynamic = 'force-dynamic';

export { handle as GET, handle as HEAD, handle as POST };
