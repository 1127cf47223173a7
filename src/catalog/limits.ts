import { z } from 'zod';

const GiB = 1024 ** 3;

/** The scenario's resource configuration. Reaching a limit is a safe stop, never a failure of the candidate. */
export const limitsSchema = z.strictObject({
  /** Micro-dollars: one dollar is 1 000 000. */
  maxCredits: z.number().int().positive().default(1_600_000_000),
  /** Minutes of agent and tool work; waiting for a soak or a person does not count. */
  maxActiveMinutes: z.number().positive().default(14),
  quota: z
    .strictObject({
      cpuCores: z.number().positive().default(6),
      memoryBytes: z
        .number()
        .positive()
        .default(18 * GiB),
      gpuPercent: z.number().min(0).max(100).default(35),
    })
    .prefault({}),
});

export type Limits = z.infer<typeof limitsSchema>;
export const limits: Limits = limitsSchema.parse({});
