"""How people come to have an account and a part to play: requests, invitations, single-use keys, resets."""
