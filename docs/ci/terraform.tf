# Snow White's stack by Terraform: the template as it is, so that the documents, the task and the policies are those
# that were tested. One stack in each region with workers, and one in the cluster's.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "slack_bot_token" {
  description = "The Slack app's Bot User OAuth Token (xoxb-...), which Terraform's state keeps as well."
  type        = string
  default     = ""
  sensitive   = true
}

variable "slack_channel" {
  type    = string
  default = "#snow-white"
}

variable "cluster_name" {
  description = "The only ECS cluster in which operators may start the task."
  type        = string
}

variable "worker_environments" {
  description = "Documents may be sent only to instances of EB environments whose names match, e.g. shop-*."
  type        = string
}

variable "worker_regions" {
  description = "The only regions of workers, with commas between, e.g. us-east-1,eu-west-1."
  type        = string
}

resource "aws_cloudformation_stack" "snow_white" {
  name = "snow-white"
  # The text of the template, which fits without a bucket: it has less than CloudFormation's 51,200 bytes.
  template_body = file("${path.module}/../../cfn/snow-white-cfn.yml")
  capabilities  = ["CAPABILITY_NAMED_IAM"]

  # CloudFormation shows **** for a secret, so each plan shows SlackBotToken as changed. With ignore_changes Terraform
  # would write the **** (hashicorp/terraform-provider-aws issue 29405); the template refuses it as no token.
  parameters = {
    CfnStackName       = "snow-white" # the same as its name
    SlackBotToken      = var.slack_bot_token
    SlackChannel       = var.slack_channel
    EcsClusterName     = var.cluster_name
    WorkerEnvironments = var.worker_environments
    WorkerRegions      = var.worker_regions
  }
}

# Attach it to those who may start a quiet.
output "operator_policy_arn" {
  value = aws_cloudformation_stack.snow_white.outputs["OperatorPolicyArn"]
}
