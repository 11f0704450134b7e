import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ATOMIC } from '../atomic/atomic-extension.js';
import { AtomicOperations } from '../atomic/atomic-operations.js';
import type { Answer } from '../operations/operation.js';
import { BASE_PATH } from '../response/links.js';
import { Extension } from './extension.decorator.js';
import type { JsonApiRequest } from './jsonapi-request.js';

@Controller(`${BASE_PATH.slice(1)}/operations`)
export class OperationsController {
  constructor(private readonly operations: AtomicOperations) {}

  /**
   * @example POST {"atomic:operations": [
   *   {"op": "add", "data": {"type": "group", "lid": "choir", "attributes": {"name": "Choir"}}},
   *   {"op": "add", "data": {"type": "person", "attributes": {"first_name": "Ada"},
   *     "relationships": {"groups": {"data": [{"type": "group", "lid": "choir"}]}}}}]}
   */
  @Post()
  @HttpCode(200)
  @Extension(ATOMIC)
  run(@Req() request: JsonApiRequest): Promise<Answer> {
    return this.operations.run(request);
  }
}
