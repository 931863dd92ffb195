export const GET = async (_request: Request): Promise<Response> => new Response('The shop');
