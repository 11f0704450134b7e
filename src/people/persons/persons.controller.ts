import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CurrentActor, type Actor } from '../../auth/index.js';
import { ENV, type Env } from '../../config/index.js';
import {
  Idempotency,
  putPlain,
  putPlainText,
  type Claim,
  type JsonApiRequest,
} from '../../jsonapi/http/index.js';
import { MergeService, type EntryResult } from '../merge/index.js';
import { readPlainBody } from './flat-members.js';
import type { FlatEntry } from './flat-entry.js';
import { FindPersons } from './find-persons.js';
import { flatPerson, flatResult } from './flat-result.js';
import { readBatch, type Batch } from './read-batch.js';
import { NO_MORE, readSearch } from './read-search.js';

/** The doors for integrations that sync many people: flat JSON, no JSON:API. */
@Controller(['persons', 'apis/v4/persons'])
export class PersonsController {
  constructor(
    private readonly merge: MergeService,
    private readonly persons: FindPersons,
    private readonly idempotency: Idempotency,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Many people at once, each found and merged, or made. With an `Idempotency-Key` the answer is kept with the last chunk;
   * a request that died before is done again by the next one with the key, and meets what the first had done.
   * @example POST {"persons": [{"external_ref": "A-17", "email_address": "ada@example.org", "first_name": "Ada"}]}
   * @throws JsonApiError 400, 409 and 422 for the key, 413; an entry that cannot be used fails alone, in the answer
   */
  @Post('multiple')
  async multiple(
    @CurrentActor() actor: Actor,
    @Req() request: JsonApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { status, headers, text } = await this.idempotency.run<BatchAnswer>(request, (claim) =>
      this.sync(readBatch(readPlainBody(request), this.env.batchMaxEntries), actor, request.id, claim),
    );
    return putPlainText(reply, status, text, headers);
  }

  private async sync(
    batch: Batch,
    actor: Actor,
    requestId: string,
    claim: Claim<BatchAnswer>,
  ): Promise<BatchAnswer> {
    const { atomic, dryRun, policy } = batch;
    const options = { atomic, dryRun, policy, requestId, creationFromNamesAlone: false } as const;
    const chunks = await this.merge.runInChunks<FlatEntry, AnsweredChunk>(
      batch.entries,
      actor,
      { ...options, unknownGroups: 'skip' },
      async (tx, { sent, results, before, isLast }) => {
        const chunk = answeredChunk(sent, results);
        await (isLast ? claim.store(tx, answerTo([...before, chunk])) : claim.renew(tx));
        return chunk;
      },
    );
    return answerTo(chunks);
  }

  /**
   * The people who have all that is given, a hundred at a time.
   * @example POST {"email_address": "ada@example.org", "after-id": 17}
   * @throws JsonApiError 400
   */
  @Post('find')
  async find(
    @CurrentActor() actor: Actor,
    @Req() request: JsonApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const search = readSearch(readPlainBody(request));
    const { found, lastId, skippedGroups } = await this.persons.find(search, actor);
    const persons = found.map((person) => ({ identifier: person.id, ...flatPerson(person) }));
    return putPlain(reply, 200, {
      persons,
      last_id: Number(lastId ?? NO_MORE),
      ...(skippedGroups.length > 0 && { skipped_groups: skippedGroups }),
      ...(search.warnings.length > 0 && { warnings: search.warnings }),
    });
  }
}

interface BatchAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON: of ten thousand entries the text is a tenth of what it is made of. */
  readonly text: string;
}

/** What is answered to some of the entries, as JSON without the brackets around it. */
interface AnsweredChunk {
  readonly persons: string;
  readonly success: boolean;
}

function answeredChunk(sent: readonly FlatEntry[], results: readonly EntryResult[]): AnsweredChunk {
  const failing = results.filter(({ outcome }) => outcome === 'failed').map(({ index }) => index);
  const persons = results.map((result, i) => flatResult(sent[i] as FlatEntry, result, failing));
  return {
    persons: JSON.stringify(persons).slice(1, -1),
    success: persons.every((person) => person['success']),
  };
}

function answerTo(chunks: readonly AnsweredChunk[]): BatchAnswer {
  const success = chunks.every((chunk) => chunk.success);
  const persons = chunks.map((chunk) => chunk.persons).join();
  return { status: 200, text: `{"success":${success},"persons":[${persons}]}` };
}
