import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CurrentActor, type Actor } from '../../auth/index.js';
import { ENV, type Env } from '../../config/index.js';
import { putPlain, type JsonApiRequest } from '../../jsonapi/http/index.js';
import { MergeService } from '../merge/index.js';
import { readPlainBody } from './flat-members.js';
import { FindPersons } from './find-persons.js';
import { flatPerson, flatResult } from './flat-result.js';
import { readBatch } from './read-batch.js';
import { NO_MORE, readSearch } from './read-search.js';

/** The doors for integrations that sync many people: flat JSON, no JSON:API. */
@Controller(['persons', 'apis/v4/persons'])
export class PersonsController {
  constructor(
    private readonly merge: MergeService,
    private readonly persons: FindPersons,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Many people at once, each found and merged, or made.
   * @example POST {"persons": [{"external_ref": "A-17", "email_address": "ada@example.org", "first_name": "Ada"}]}
   * @throws JsonApiError 400, 413; an entry that cannot be used fails alone, in the answer
   */
  @Post('multiple')
  async multiple(
    @CurrentActor() actor: Actor,
    @Req() request: JsonApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const batch = readBatch(readPlainBody(request), this.env.batchMaxEntries);
    const { entries, atomic, dryRun, policy, warnings } = batch;
    const results = await this.merge.run(
      entries.map(({ entry }) => entry),
      actor,
      {
        atomic,
        dryRun,
        policy,
        requestId: request.id,
        creationFromNamesAlone: false,
        unknownGroups: 'skip',
      },
    );
    const persons = results.map((result, i) => flatResult(entries[i] as (typeof entries)[number], result));
    const success = persons.every((person) => person['success']);
    return putPlain(reply, 200, { success, persons, ...(warnings.length > 0 && { warnings }) });
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
