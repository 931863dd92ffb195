import { support } from '../../../support';

const handle = async (request: Request) => (await support()).workspace.fetch(request);

export { handle as GET, handle as POST };
