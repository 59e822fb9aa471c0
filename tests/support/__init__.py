"""What tests share: fake packages, real builds, browsers, servers, and generators of examples."""
