import type { TransformerConfig } from '../../model/config';
import { StepModel, type StepModelOptions } from '../../model/step-model';
import { weightsOf, type Parameter } from '../parameters';

/**
 * The policy as the sampler wants it: a step model compiled from the trainer's weights. Weights are copied when it is compiled, so it stays what it was
 * while they are trained, until `refresh`.
 */
export class PolicyModel {
  private constructor(
    private readonly config: TransformerConfig,
    private readonly parameters: readonly Parameter[],
    private readonly options: StepModelOptions,
    private current: StepModel,
  ) {}

  /** `parameters`: the trainer's live ones. Throws ModelError as StepModel.create does. */
  static async create(c: TransformerConfig, parameters: readonly Parameter[], options: StepModelOptions): Promise<PolicyModel> {
    return new PolicyModel(c, parameters, options, await StepModel.create(c, weightsOf(c, parameters), options));
  }

  /** Valid until the next `refresh`. */
  get model(): StepModel {
    return this.current;
  }

  /** Takes over the weights as they are now. The old model is freed first: two are never held. Nothing may be running on it. */
  async refresh(): Promise<StepModel> {
    await this.current.dispose();
    this.current = await StepModel.create(this.config, weightsOf(this.config, this.parameters), this.options);
    return this.current;
  }

  async dispose(): Promise<void> {
    await this.current.dispose();
  }
}
