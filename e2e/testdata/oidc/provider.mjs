// A real OpenID Connect provider for the sign-in test, on loopback. It prints its
// issuer once it listens. Accounts are who types their name; their groups are those
// of the name: "supervisor-ana" is of the group wb-supervisor. Its pages to sign in and
// to consent are the package's own for trying out.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const redirect = process.argv[2];
const server = createServer();
server.listen(0, '127.0.0.1', () => {
	const issuer = `http://127.0.0.1:${server.address().port}`;
	const provider = new Provider(issuer, {
		clients: [{
			client_id: 'wallboard-test', client_secret: 'test-secret-test-secret-test-secret', redirect_uris: [redirect],
			grant_types: ['authorization_code'], response_types: ['code'],
		}],
		claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
		cookies: { keys: ['test-cookie-key-test-cookie-key'] },
		features: { devInteractions: { enabled: true } },
		pkce: { required: () => true },
		findAccount: (ctx, id) => ({
			accountId: id,
			claims: () => ({ sub: id, preferred_username: id, groups: ['everybody', `wb-${id.split('-')[0]}`] }),
		}),
	});
	server.on('request', provider.callback());
	console.log(issuer);
});
