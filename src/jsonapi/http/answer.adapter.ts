import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { Answer } from '../operations/operation.js';
import { putAnswer } from './put-answer.js';

/**
 * Writes the answers of operations to the wire, which is what handlers return unless it is bytes. At the last step before
 * Fastify and not in an interceptor, of which each costs a request as much as reading its query.
 */
export class AnswerAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, body: unknown, status?: number): FastifyReply {
    return super.reply(reply, isAnswer(body) ? putAnswer(reply, body) : body, status);
  }
}

const isAnswer = (body: unknown): body is Answer =>
  typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && 'status' in body;
