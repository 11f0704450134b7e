import { Module } from '@nestjs/common';
import { MergeService } from './merge.service.js';

/** Needs `Database` and `ENV` from global modules. */
@Module({ providers: [MergeService], exports: [MergeService] })
export class MergeModule {}
