import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How much a caller has used up of a limit. Keys are digests: no address and no e-mail stands here. */
@Entity('rate_limits')
export class RateLimit {
  @PrimaryColumn('text') key: string;
  @Column('integer') points: number;
  @Column('timestamptz') expiresAt: Date;
}
