import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';

/** Where this server is for whoever asks: PUBLIC_URL, or else the address that they asked at. No slash at its end. */
export function originOf(config: Config, request: FastifyRequest): string {
  return config.publicUrl ?? `${request.protocol}://${request.host}`;
}
